/** Bytes of a connection are missing: no exchange is told with the answer to another, or as what nobody asked. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConnectionInfo } from '../../container/profiler/src/connection/line.ts';
import type { Exchange } from '../../container/profiler/src/exchange.ts';
import { answer, ask, inShort, openWire, type Step } from '../helpers/wire.ts';
import { client, lose, messages, placed, server, toPairs, unixClient } from './traffic.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const status = (code: number) => `HTTP/1.1 ${code} S\r\nContent-Length: 0\r\n\r\n`;
const small = (path: string, code: number) => `GET ${path} ${code} complete 28/${status(code).length}`;

function seen(info: Partial<ConnectionInfo>, steps: readonly Step[]) {
  const wire = openWire(info);
  wire.send(...placed(steps, info !== unixClient));
  wire.connection.closed(true);
  return { shown: wire.exchanges.map(inShort), lost: wire.lost };
}

const first = [ask(get('/a')), answer(status(200))];
const last = [ask(get('/z')), answer(status(299))];

test.each([client, server, unixClient])(
  'a request of which nothing was seen leaves its answer to nobody: %o',
  (info) => {
    const { shown, lost } = seen(info, [
      ...first,
      lose(ask(get('/b'))),
      answer(status(201)),
      ask(get('/c')),
      answer(status(202)),
      ...last,
    ]);
    expect(shown.filter((line) => !line.includes('/c'))).toEqual([small('/a', 200), small('/z', 299)]);
    expect(shown.length + lost).toBe(4);
  },
);

test.each([client, server, unixClient])(
  'an answer that was read before the end of the one before it, and before its request was seen to be sent, is that request’s: %o',
  (info) => {
    const wire = openWire(info, info === unixClient ? 0 : undefined);
    const [asked, begun, ended, askedNext, answeredNext, ...others] = placed(
      [
        ask(get('/a')),
        answer(status(200).slice(0, 20)),
        answer(status(200).slice(20)),
        ask(get('/b')),
        answer(status(201)),
        ...last,
      ],
      info !== unixClient,
    );
    for (const step of [asked, begun, answeredNext, ended, askedNext, ...others]) if (step) wire.send(step);
    expect([wire.exchanges.map(inShort), wire.lost]).toEqual([
      [small('/a', 200), small('/b', 201), small('/z', 299)],
      0,
    ]);
  },
);

test.each([client, server, unixClient])(
  'a request that is missing among hundreds in a moment costs itself alone: %o',
  (info) => {
    const many = Array.from({ length: 200 }, (_, n) => [ask(get(`/${n}`)), answer(status(200 + n))]).flat();
    const { shown, lost } = seen(info, [...first, lose(ask(get('/x'))), answer(status(299)), ...many, ...last]);
    const told = Array.from({ length: 200 }, (_, n) => `GET /${n} ${200 + n}`);
    expect(shown.slice(1, -1).map((line) => line.split(' ', 3).join(' '))).toEqual(told);
    expect(lost).toBe(1);
  },
);

test.each([client, server, unixClient])(
  'an answer that is missing among hundreds in a moment costs at most the exchange behind it too: %o',
  (info) => {
    const many = Array.from({ length: 200 }, (_, n) => [ask(get(`/${n}`)), answer(status(200 + n))]).flat();
    const { shown, lost } = seen(info, [...first, ask(get('/x')), lose(answer(status(299))), ...many, ...last]);
    expect(shown.slice(1, -1).map((line) => line.split(' ', 3).join(' '))).toEqual(
      Array.from({ length: 199 }, (_, n) => `GET /${n + 1} ${201 + n}`),
    );
    expect(lost).toBe(2);
  },
);

test.each([client, server, unixClient])(
  'of what is missing at several places of a moment no more is lost than around each: %o',
  (info) => {
    const many = Array.from({ length: 60 }, (_, n) => {
      const [request, response] = [ask(get(`/${n}`)), answer(status(200 + n))];
      return [n % 20 === 5 ? lose(request) : request, n % 20 === 15 ? lose(response) : response];
    }).flat();
    const { shown, lost } = seen(info, [...first, ...many, ...last]);
    const told = shown.slice(1, -1).map((line) => line.split(' ', 3).join(' '));
    expect(told.filter((line) => line !== `GET /${line.slice(5, -4)} ${200 + Number(line.slice(5, -4))}`)).toEqual([]);
    expect(told.length).toBeGreaterThanOrEqual(60 - 3 - 2 * 3 - 3);
    expect(shown.length + lost).toBe(62);
  },
);

test('an answer that is cut off costs no request that is being read', () => {
  const wire = openWire(server);
  const patch = 'PATCH /b HTTP/1.1\r\n\r\n';
  const steps = [...first, ask(get('/x')), answer('HTTP/1.1 200 OK\r\nA: '), lose(answer('b\r\n')), answer('\r\n')];
  const rest = [ask('P'), ask(patch.slice(1)), answer(status(201)), ...last];
  const all = placed([...steps, ...rest]);
  wire.send(...all.slice(0, 6));
  wire.connection.giveUpBefore(1e9);
  wire.send(...all.slice(6));
  expect(wire.exchanges.map(inShort)).toEqual([small('/a', 200), small('/z', 299)]);
  expect(wire.lost).toBe(2);
});

const half = [ask('GET /x HTTP/1.1\r\nHost'), lose(ask(': a\r\n\r\n'))];

test('a request whose end is missing costs, where it was answered, at most the one behind it', () => {
  const next = [ask(get('/b')), answer(status(201))];
  const { shown, lost } = seen(server, [...first, ...half, answer(status(299)), ...next, ...last]);
  expect(shown).toEqual([small('/a', 200), `GET /x 299 complete ${half[0]?.text.length}/37`, small('/z', 299)]);
  expect(lost).toBe(1);
});

test('what is asked behind missing ends of a request and of its answer is told or counted', () => {
  const many = Array.from({ length: 60 }, (_, n) => [ask(get(`/${n}`)), answer(status(200 + n))]).flat();
  const missing = [answer('HTTP/1.1 299 S\r\nContent'), lose(answer('-Length: 0\r\n\r\n'))];
  const { shown, lost } = seen(server, [...first, ...half, ...missing, ...many, ...last]);
  expect(shown.at(-1)).toBe(small('/z', 299));
  expect(shown.length + lost).toBe(63);
});

test('a request that came before the answer to one whose end is missing leaves open whose the next answers are', () => {
  const ahead = [answer('HTTP/1.1 299 S\r\n'), ask(get('/b')), answer('Content-Length: 0\r\n\r\n'), ask(get('/c'))];
  const { shown, lost } = seen(server, [
    ...first,
    ...half,
    ...ahead,
    answer(status(201)),
    answer(status(202)),
    ...last,
  ]);
  expect(shown.map((line) => line.split(' ', 3).join(' '))).toEqual(['GET /a 200', 'GET /x 299']);
  expect(lost).toBe(3);
});

test('what begins behind missing bytes with no known method is no request', () => {
  const { shown, lost } = seen(server, [
    ask('GET /half HTTP/1.1\r\nHost: a'),
    answer(status(408)),
    lose(ask('\r\n\r\nP')),
    ask('ATCH /b HTTP/1.1\r\n\r\n'),
    answer(status(201)),
    ...last,
  ]);
  expect(shown.map((line) => line.split(' ', 3).join(' '))).toEqual(['GET /half 408', 'GET /z 299']);
  expect(lost).toBe(1);
});

test('an answer is not that to a request whose end is missing and behind which there is another', () => {
  const { shown, lost } = seen(server, [
    ...first,
    ask('GET /b HTTP/1.1\r\nHost'),
    lose(ask(': a\r\n\r\n')),
    ask(get('/c')),
    answer(status(201) + status(202)),
  ]);
  expect([shown, lost]).toEqual([[small('/a', 200)], 2]);
});

test('a part of a body that comes late is not an answer to what comes next', () => {
  const wire = openWire(server);
  const body = '\nHTTP/1.1 204 S\r\n\r\n';
  const head = `HTTP/1.1 200 S\r\nContent-Length: ${body.length + 1}\r\n\r\n`;
  const [request, ...parts] = placed([ask(get('/a')), answer(head), answer(body), answer('!')]);
  const [begin, middle, end] = parts;
  for (const step of [request, begin, end, middle]) if (step !== undefined) wire.send(step);
  wire.send(ask(get('/b').slice(0, 20)));
  wire.connection.giveUpBefore(1e9);
  wire.send(ask(get('/b').slice(20)), { ...answer(status(201)), at: 5_000 + head.length + body.length + 1 });
  expect(wire.exchanges.map(inShort)).toEqual([
    `GET /a 200 complete 28/${head.length + body.length + 1}`,
    small('/b', 201),
  ]);
  expect(wire.lost).toBe(0);
});

test('a client whose answers are read before its requests are seen to be sent does wait for them', () => {
  const wire = openWire(client);
  const steps = [
    ...first,
    ask(get('/b')),
    answer(status(201)),
    lose(ask(get('/x'))),
    answer(status(202)),
    ...first,
    ...last,
  ];
  const [askA, answerA, askB, answerB, ...others] = placed(steps);
  for (const step of [answerA, askA, answerB, askB, ...others]) if (step !== undefined) wire.send(step);
  wire.connection.closed(true);
  const told = wire.exchanges.map(({ target, status: code }) => `${target} ${code}`);
  expect([told.slice(0, 2), told.at(-1)]).toEqual([['/a 200', '/b 201'], '/z 299']);
  expect(told.length + wire.lost).toBe(5);
});

test('of a request that was answered before its body had come, what came of it is told', () => {
  const post = 'POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nbody';
  const { shown } = seen(server, [ask(post), answer(status(413)), answer(status(400))]);
  expect(shown).toEqual([`POST /a 413 complete ${post.length}/${status(413).length}`]);
});

test('an answer that was received before its request was seen to be sent is the one to it, whatever that says', () => {
  const code = ({ target, status: its }: Exchange) => `${target} ${its}`;
  for (const known of [status(200).length, 10]) {
    const wire = openWire(client);
    const [begin, ...rest] = placed([...first, ask(get('/b')), answer(status(201)), ...last]);
    if (begin !== undefined) wire.send({ ...begin, other: 5_000 + known }, ...rest);
    expect([wire.exchanges.map(code), wire.lost]).toEqual([['/a 200', '/b 201', '/z 299'], 0]);
  }
});

test.each([client, server])('the end of a head of which the beginning was not seen is no request: %o', (info) => {
  const { shown, lost } = seen(info, [
    ask('\r\n'),
    answer(status(200)),
    ask(get('/b')),
    answer(status(201)),
    ask(get('/c')),
    answer(status(202)),
  ]);
  expect(shown.slice(-1)).toEqual([small('/c', 202)]);
  expect(shown.filter((line) => line.includes('/b'))).toEqual(lost === 0 ? [small('/b', 201)] : []);
  expect(shown.length + lost).toBe(2);
});

test('an answer that was passed over before its request was seen is not waited for', () => {
  const wire = openWire(client);
  const steps = [ask(get('/b')), lose(answer(status(201))), ask(get('/c')), answer(status(202)), ...last];
  const [askA, answerA, askB, askC, answerC, ...others] = placed([...first, ...steps]);
  for (const step of [askA, answerA, askB, answerC]) if (step !== undefined) wire.send(step);
  wire.connection.giveUpBefore(1e9);
  for (const step of [askC, ...others]) if (step !== undefined) wire.send(step);
  wire.connection.closed(true);
  const told = wire.exchanges.map(inShort);
  expect(told.filter((line) => line !== small('/z', 299))).toEqual([small('/a', 200)]);
  expect(told.length + wire.lost).toBe(4);
});

test('an answer that was received before its request was seen, behind one that is missing, is the one to it', () => {
  const wire = openWire(client);
  const asked = (path: string, code: number) => [ask(get(path)), answer(status(code))];
  const missing = [ask(get('/x')), lose(answer(status(299)))];
  const steps = placed([
    ...missing,
    ...asked('/a', 201),
    ...asked('/b', 202),
    ...asked('/c', 203),
    ...asked('/d', 204),
  ]);
  const [askX, askA, answerA, askB, answerB, askC, answerC, ...rest] = steps;
  for (const step of [askX, askA, answerA, askB, answerB, answerC, askC]) if (step !== undefined) wire.send(step);
  wire.connection.giveUpBefore(1e9);
  wire.send(...rest);
  wire.connection.closed(true);
  expect(wire.exchanges.map(inShort)).toEqual([small('/b', 202), small('/c', 203), small('/d', 204)]);
  expect(wire.lost).toBe(2);
});

test('an answer that was received before a request was sent is not the one to it', () => {
  const wire = openWire(client);
  const [interim, answerA, askB, ...rest] = placed([
    lose(ask(get('/a'))),
    answer('HTTP/1.1 100 Continue\r\n\r\n'),
    answer(status(200)),
    ask(get('/b')),
    answer(status(201)),
  ]);
  for (const step of [interim, askB, answerA, ...rest]) if (step !== undefined) wire.send(step);
  expect([wire.exchanges.map(inShort), wire.lost]).toEqual([[small('/b', 201)], 0]);
});

test.each([client, server, unixClient])('with one gap, every exchange that is told has its own status: %o', (info) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(messages, sizes, fc.boolean(), fc.nat(), (list, cuts, pipelines, gap) => {
      const [begin, ...rest] = toPairs(list, cuts);
      // A client that does not wait is always one request ahead.
      const ahead = rest.flatMap(({ response }, index) => [...(rest[index + 1]?.request ?? []), ...response]);
      const waiting = rest.slice(1).flatMap(({ request, response }) => [...request, ...response]);
      const known = [
        ...(begin?.request ?? []),
        ...(pipelines ? (rest[0]?.request ?? []) : []),
        ...(begin?.response ?? []),
      ];
      const others = pipelines ? ahead : [...(rest[0]?.request ?? []), ...(rest[0]?.response ?? []), ...waiting];
      const missing = gap % (others.length + 1);
      const wire = openWire(info);
      const all = [...known, ...others.map((step, index) => (index === missing ? lose(step) : step))];
      wire.send(...placed(all, info !== unixClient));
      wire.connection.closed(true);
      for (const { method, target, status: code } of wire.exchanges) {
        const index = Number(target.slice(1));
        expect([method, target, code ?? 400 + index]).toEqual([list[index]?.method, `/${index}`, 400 + index]);
      }
      if (missing === others.length) expect([wire.exchanges.length, wire.lost]).toEqual([list.length, 0]);
    }),
    { numRuns: 1_000 },
  );
});
