/** What the kernel left out: counted once, and nothing on either side of it is taken for another exchange. */
import { expect, test } from 'vitest';
import { answer, ask, framed, inShort, openWire, type Step } from '../helpers/wire.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const told = (...steps: readonly Step[]) => {
  const wire = openWire();
  wire.send(...steps);
  return { ...wire, shown: wire.exchanges.map(inShort) };
};
const resumed = (step: Step): Step => ({ ...step, at: 900_000, gap: 'resumed' });
const countOnly = (step: Step): Step => ({ ...step, gap: 'count-only' });

test('heads of which only the first line was copied', () => {
  const post = 'POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody';
  const { shown } = told(framed(ask(post), 4), framed(answer(ok), 2), framed(ask(get('/b'))), framed(answer(ok), 2));
  expect(shown).toEqual([`POST /a 200 complete ${post.length}/40`, 'GET /b 200 complete 28/40']);
});

test('a body of known length that comes in later pieces', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n';
  const { shown } = told(framed(ask(get('/a'))), framed(answer(head), 900), answer('', 900), ask(get('/b')));
  expect(shown).toEqual([`GET /a 200 complete 28/${head.length + 900}`]);
});

test('a body of which more was not seen than offsets tell apart', () => {
  const bodies = [5 * 2 ** 30, 2 ** 32, 2.5 * 2 ** 30];
  const wire = openWire();
  const asked = bodies.map((bytes) => ({ bytes, head: `PUT /a HTTP/1.1\r\nContent-Length: ${bytes}\r\n\r\n` }));
  let at = 1_000;
  for (const { bytes, head } of asked) {
    wire.send({ ...framed(ask(head), bytes), unknown: head.length - head.indexOf('\n') - 1, at }, answer(ok));
    at += head.length + bytes;
  }
  wire.send({ ...framed(ask(get('/z'))), at }, answer(ok));
  const told = asked.map(({ bytes, head }) => `PUT /a 200 complete ${head.length + bytes}/40`);
  expect(wire.exchanges.map(inShort)).toEqual([...told, 'GET /z 200 complete 28/40']);
});

test('a request behind a body of which more was not seen than offsets tell apart, with its whole head', () => {
  const bytes = 5 * 2 ** 30;
  const head = `PUT /a HTTP/1.1\r\nContent-Length: ${bytes}\r\n\r\n`;
  const { shown } = told(ask(head), answer(ok), { ...ask(get('/z')), at: 1_000 + head.length + bytes }, answer(ok));
  expect(shown).toEqual([`PUT /a 200 complete ${head.length + bytes}/40`, 'GET /z 200 complete 28/40']);
});

test.each([
  [1_000, 500, get('/in-the-body')],
  [2 ** 32 + 1_000, 500, get('/in-the-body')],
  [2 ** 32 + 1_000, 1_000, 'no message begins so'],
])('of a body of %d bytes %d were not seen: what comes behind them is body', (bytes, missing, part) => {
  const head = `PUT /a HTTP/1.1\r\nContent-Length: ${bytes}\r\n\r\n`;
  const at = 1_000 + head.length;
  const seen = { ...ask(part, bytes - missing - part.length), at: at + missing };
  const { shown } = told(ask(head), seen, answer(ok), { ...ask(get('/z')), at: at + bytes }, answer(ok));
  expect(shown).toEqual([`PUT /a 200 complete ${head.length + bytes}/40`, 'GET /z 200 complete 28/40']);
});

test.each([1, 3, 5])('a client that first sends a body of %d GiB is told with its answer', (size) => {
  const bytes = size * 2 ** 30;
  const head = `PUT /a HTTP/1.1\r\nContent-Length: ${bytes}\r\n\r\n`;
  const other = (1_000 + head.length + bytes) % 2 ** 32;
  for (const seen of [0, bytes]) {
    const wire = openWire({ role: 'client', knowsOrder: true });
    wire.send(ask(head, seen), { ...answer(ok), other });
    wire.connection.closed(true);
    expect(wire.exchanges.map(inShort)).toEqual([`PUT /a 200 complete ${head.length + seen}/40`]);
  }
});

test.each([1, 2, 4_000])('%d bytes that are missing of a body without measure are no more than that', (missing) => {
  const bodies = ['Content-Length: 999999999999999\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n'];
  for (const body of bodies) {
    const wire = openWire();
    const begin = `POST /a HTTP/1.1\r\n${body}`;
    wire.send(ask(begin));
    let at = 1_000 + begin.length;
    for (let part = 0; part < 20_000; part++, at += 1) {
      at += missing;
      wire.send({ ...ask('x'), at });
    }
    wire.connection.closed(true);
    expect([wire.exchanges.map(inShort), wire.lost]).toEqual([[`POST /a - aborted ${at - 1_000}/0`], 0]);
  }
});

test.each([0, 1])('the answer to the first request of a connection was not seen, then %d more were', (more) => {
  const responsesAt = 4_294_967_200;
  const wire = openWire();
  const rest = Array.from({ length: more }, (_, n) => [ask(get(`/${n}`)), answer(ok)]).flat();
  wire.send(
    { ...ask(get('/x')), other: responsesAt },
    ask(get('/y')),
    { ...answer(ok), at: responsesAt + 40 },
    ...rest,
  );
  wire.connection.closed(true);
  expect(wire.exchanges.map(({ target }) => target)).toEqual(Array.from({ length: more }, (_, n) => `/${n}`));
  expect(wire.lost).toBe(2);
});

test('a head that stands where there can be none is a loss, not an exchange', () => {
  const post = 'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n';
  const { shown, lost } = told(ask(post), framed(ask(get('/b'))), answer(ok));
  expect(shown).toEqual([]);
  expect(lost).toBe(1);
});

test('what was under way is lost when a later request is the next that is told', () => {
  const { shown, lost } = told(ask(get('/a')), resumed(framed(ask(get('/z')))), framed({ ...answer(ok), at: 77 }, 2));
  expect(shown).toEqual(['GET /z 200 complete 28/40']);
  expect(lost).toBe(1);
});

test('a connection does not rest while something waits for missing bytes, whatever else was lost', () => {
  const wire = openWire();
  const post = 'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n';
  const no = framed(ask(get('/no-chunk')));
  wire.send(ask(post), { ...ask(get('/c')), at: 5_000 }, { ...no, at: 1_000 + post.length });
  expect(wire.connection.rest()).toBeUndefined();
  wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
  expect(wire.connection.rest()).toBeDefined();
});

test('half a head that was under way counts too', () => {
  expect(told(ask('GET /a HTT'), resumed(framed(ask(get('/z'))))).lost).toBe(1);
});

test('nothing is lost between one exchange and the next that is told', () => {
  const wire = told(ask(get('/a')), answer(ok), resumed(ask(get('/z'))), { ...answer(ok), at: 77 });
  expect(wire.shown).toEqual(['GET /a 200 complete 28/40', 'GET /z 200 complete 28/40']);
  expect(wire.lost).toBe(0);
});

test('requests without their responses are counted, each once', () => {
  const requests = [get('/a') + get('/b').slice(0, 9), get('/b').slice(9), get('/c')].map((text) => ask(text));
  const [first, ...others] = requests as [Step, ...Step[]];
  const { shown, lost } = told(first, ...others.map(countOnly), answer(ok + ok + ok));
  expect(shown).toEqual([]);
  expect(lost).toBe(3);
});

test('what is not told to its end when the connection ends is lost, not aborted', () => {
  const wire = told(ask(get('/a') + get('/b')));
  wire.connection.leftOut();
  wire.connection.closed(true);
  expect(wire.exchanges).toEqual([]);
  expect(wire.connection.isBusy).toBe(false);
});

test('what waited behind bytes that never came is told', () => {
  const wire = openWire();
  wire.send(ask(get('/a')), { ...answer(ok), at: 6_000 }, { ...answer(ok), at: 6_040 });
  wire.send({ ...ask(get('/c')), at: 5_000 }, { ...answer(ok), at: 6_080 });
  wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
  wire.send({ ...ask(get('/d')), at: 5_028 }, { ...answer(ok), at: 6_120 });
  expect(wire.exchanges.map(inShort)).toEqual(['/a', '/c', '/d'].map((path) => `GET ${path} 200 complete 28/40`));
  expect(wire.lost).toBe(1);
});

test('a request that was answered before its body came is told, when nobody reads that, and its rest is counted for nothing', () => {
  const post = 'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
  const [early, unread] = [[ask(`${post}5\r\n`), answer(ok)], Array.from({ length: 4 }, () => ask('', 500))];
  const { shown, lost, exchanges } = told(...early, ...unread, ask(get('/b')), answer(ok));
  expect(shown).toEqual([`POST /a 200 complete ${post.length + 3}/40`, 'GET /b 200 complete 28/40']);
  expect(exchanges[0]).toMatchObject({ requestLastNs: undefined, responseLastNs: 2e6 });
  expect(lost).toBe(0);
});

const restUnread = [ask('PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n'), answer(ok), ask('', 500)];

test.each([1, 2, 5])(
  '%d requests of which it is not known whether they are its rest are counted by their answers',
  (count) => {
    const unknown = Array.from({ length: count }, () => [ask('PROPFIND /b HTTP/1.1\r\n\r\n'), answer(ok)]).flat();
    const { shown, lost } = told(...restUnread, ...unknown, ask(get('/c')), answer(ok));
    expect(shown).toEqual([expect.stringMatching(/^PUT \/a 200 /), 'GET /c 200 complete 28/40']);
    expect(lost).toBe(count);
  },
);

test('what is unknown behind exchanges that were left out is not taken for its rest', () => {
  const [first, second, third] = [77, 117, 157].map((at) => ({ ...answer(ok), at })) as [Step, Step, Step];
  const later = [resumed(framed(ask(get('/b')))), first, ask('', 500), second, ask(get('/c')), third];
  const { shown, lost } = told(...restUnread, ...later);
  expect(shown.slice(1)).toEqual(['/b', '/c'].map((path) => `GET ${path} 200 complete 28/40`));
  expect(lost).toBe(1);
});

test('one that was not answered by then is counted, once', () => {
  const post = 'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
  const unread = Array.from({ length: 4 }, () => ask('', 500));
  expect(told(ask(post), ...unread, answer(ok), ask(get('/b')), answer(ok))).toMatchObject({
    shown: ['GET /b 200 complete 28/40'],
    lost: 1,
  });
});
