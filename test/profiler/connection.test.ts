/** Requests and responses find each other, whatever pieces they come in. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer, ask, inShort, openWire, type Step } from '../helpers/wire.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const client = { role: 'client', knowsOrder: true } as const;
const told = (...steps: readonly Step[]) => {
  const wire = openWire();
  wire.send(...steps);
  return wire;
};
const shown = (...steps: readonly Step[]) => told(...steps).exchanges.map(inShort);

test('a request and its response', () => {
  expect(shown(ask(get('/a')), answer(ok))).toEqual(['GET /a 200 complete 28/40']);
});

test('the four times are those of the first and last pieces', () => {
  const [exchange] = told(
    ask('PUT / HTTP/1.1\r\nContent-Len'),
    ask('gth: 4\r\n\r\n'),
    ask('body'),
    answer('HTTP/1.1 200'),
    answer(' OK\r\nContent-Length: 3\r\n\r\n'),
    answer('abc'),
  ).exchanges;
  expect(exchange).toMatchObject({
    requestFirstNs: 1e6,
    requestLastNs: 3e6,
    responseFirstNs: 4e6,
    responseLastNs: 6e6,
  });
});

test('kept alive: one after the other', () => {
  expect(shown(ask(get('/a')), answer(ok), ask(get('/b')), answer(ok))).toEqual([
    'GET /a 200 complete 28/40',
    'GET /b 200 complete 28/40',
  ]);
});

test('pipelined: three requests in one piece, three responses in another', () => {
  expect(shown(ask(get('/a') + get('/b') + get('/c')), answer(ok + ok + ok))).toEqual([
    'GET /a 200 complete 28/40',
    'GET /b 200 complete 28/40',
    'GET /c 200 complete 28/40',
  ]);
});

test('bodies of which only the length is known', () => {
  const post = 'POST /a HTTP/1.1\r\nContent-Length: 1000\r\n\r\n';
  const large = 'HTTP/1.1 201 Created\r\nContent-Length: 5000\r\n\r\n';
  expect(shown(ask(post, 400), ask('', 600), answer(large), answer('', 5000), ask(get('/b')), answer(ok))).toEqual([
    `POST /a 201 complete ${post.length + 1000}/${large.length + 5000}`,
    'GET /b 200 complete 28/40',
  ]);
});

test('chunks with extensions and trailers end at their last empty line', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const body = '3;a=b\r\nabc\r\n0\r\nDigest: x\r\n\r\n';
  expect(shown(ask(get('/a') + get('/b')), answer(head + body), answer(ok))).toEqual([
    `GET /a 200 complete 28/${head.length + body.length}`,
    'GET /b 200 complete 28/40',
  ]);
});

test('a chunk whose data was not copied', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n';
  expect(shown(ask(get('/a')), answer(head, 100), answer('\r\n0\r\n\r\n'))).toEqual([
    `GET /a 200 complete 28/${head.length + 107}`,
  ]);
});

test.each([
  [102, '0\r\n\r\n'],
  [101, '\n0\r\n\r\n'],
  [100, 1, '\n0\r\n\r\n'],
  [100, 1, 1, '0\r\n\r\n'],
  [60, 42, '0\r\n\r\n'],
])('the line end behind the data of a chunk need not be seen: %j', (...parts) => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n';
  const rest = parts.map((part) => (typeof part === 'number' ? answer('', part) : answer(part)));
  expect(shown(ask(get('/a') + get('/b')), answer(head), ...rest, answer(ok))).toEqual([
    `GET /a 200 complete 28/${head.length + 107}`,
    'GET /b 200 complete 28/40',
  ]);
});

test('interim responses are not the response, but count to its bytes', () => {
  const request = 'POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
  const wire = told(ask(request), answer('HTTP/1.1 100 Continue\r\n\r\n'), ask('hi'), answer(ok));
  expect(wire.exchanges.map(inShort)).toEqual([`POST /a 200 complete ${request.length + 2}/65`]);
  // Both ends see where the first of them begins.
  expect(wire.exchanges[0]).toMatchObject({ requestLastNs: 3e6, responseFirstNs: 4e6, link: '1000/4294967200' });
});

test('what has no body has none, whatever its headers say', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n';
  const notModified = 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n';
  const requests = `HEAD /a HTTP/1.1\r\n\r\n${get('/b')}${get('/c')}`;
  expect(shown(ask(requests), answer(head + notModified + ok)).map((line) => line.split(' ', 4).join(' '))).toEqual([
    'HEAD /a 200 complete',
    'GET /b 304 complete',
    'GET /c 200 complete',
  ]);
});

test('every byte but a blank may be part of a target', () => {
  const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
    (byte) => !/[\t-\r ]/.test(byte),
  );
  const posted = (byte: string) => `POST /${byte} HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi`;
  const told = shown(ask(bytes.map(posted).join('')), answer(ok.repeat(bytes.length)));
  expect(told).toEqual(bytes.map((byte) => `POST /${byte} 200 complete ${posted(byte).length}/40`));
});

test('a body that lasts until the connection is closed in good order', () => {
  const wire = told(ask('GET /a HTTP/1.0\r\n\r\n'), answer('HTTP/1.0 200 OK\r\n\r\nabc', 7));
  expect(wire.exchanges).toEqual([]);
  wire.connection.responsesEnded(true);
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 closed 19/29']);
});

test('a body that is cut off is aborted', () => {
  const wire = told(ask('GET /a HTTP/1.0\r\n\r\n'), answer('HTTP/1.0 200 OK\r\n\r\nabc'));
  wire.connection.closed(false);
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 aborted 19/22']);
});

test('a request without a response is aborted, and gets no status', () => {
  const wire = told(ask(get('/a') + get('/b')));
  wire.connection.closed(true);
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a - aborted 28/0', 'GET /b - aborted 28/0']);
  expect(wire.exchanges[0]?.responseLastNs).toBeUndefined();
});

test('what was asked before an upgrade was answered, and is not any more, is counted', () => {
  const wire = told(ask(`${get('/ws')}${get('/b')}${get('/c')}GET /half`), answer('HTTP/1.1 101 S\r\n\r\n'));
  wire.connection.closed(true);
  expect(wire.exchanges.map(inShort)).toEqual(['GET /ws 101 upgraded 29/18']);
  expect([wire.finished, wire.lost]).toEqual(['upgraded', 2]);
});

test('after an upgrade nothing is an exchange any more', () => {
  const wire = told(
    ask('GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'),
    answer('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    ask(get('/not-a-request')),
    answer(ok),
    { ...ask(get('/behind-a-gap')), at: 2_000 },
  );
  wire.connection.closed(true);
  expect(wire.exchanges.map(inShort)).toEqual(['GET /ws 101 upgraded 40/36']);
  expect([wire.finished, wire.lost]).toEqual(['upgraded', 0]);
});

test('what stands where a response should begin, and is none, is a loss', () => {
  const wire = told(ask(get('/a')), answer(ok), ask(get('/b')), answer('what?\r\n\r\n'), ask(get('/c')), answer(ok));
  wire.connection.closed(true);
  expect([wire.exchanges.map(inShort), wire.lost]).toEqual([
    ['GET /a 200 complete 28/40', 'GET /c 200 complete 28/40'],
    1,
  ]);
});

test('a body that contains a request is a body', () => {
  const inner = get('/inner');
  const post = `POST /a HTTP/1.1\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
  expect(shown(ask(post), answer(ok)).map((line) => line.split(' ', 2).join(' '))).toEqual(['POST /a']);
});

test('what only begins like a request is no exchange', () => {
  const wire = told(ask('HELO mail.example\r\nMAIL FROM:<a>\r\n'), answer('250 ok\r\n'));
  wire.connection.closed(true);
  expect(wire.exchanges).toEqual([]);
  expect(wire.finished).toBe('not-http');
});

test('an answer before the end of the request keeps both in line', () => {
  const post = 'POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\n';
  expect(shown(ask(post), answer(ok), ask(`body${get('/b')}`), answer(ok))).toEqual([
    `POST /a 200 complete ${post.length + 4}/40`,
    'GET /b 200 complete 28/40',
  ]);
});

test('pieces that overtake each other are put in order', () => {
  const text = get('/a') + get('/b');
  const part = (from: number, to: number): Step => ({ ...ask(text.slice(from, to)), at: 100 + from });
  for (const places of [
    [0, 30, 10],
    [0, 50, 40, 30, 20, 10],
    [0, 20, 40, 10, 50, 30],
  ]) {
    const ends = [...places].sort((one, other) => one - other);
    const parts = places.map((from) => part(from, ends[ends.indexOf(from) + 1] ?? text.length));
    expect(shown(...parts, answer(ok + ok))).toEqual(['GET /a 200 complete 28/40', 'GET /b 200 complete 28/40']);
  }
});

test('what comes twice counts once, in part or as a whole', () => {
  const text = get('/a') + get('/b');
  const part = (from: number, to: number): Step => ({ ...ask(text.slice(from, to)), at: 100 + from });
  const parts = [part(0, 20), part(10, 40), part(10, 40), part(0, 30), part(39, 56), part(0, 28), part(28, 56)];
  expect(shown(...parts, answer(ok + ok))).toEqual(['GET /a 200 complete 28/40', 'GET /b 200 complete 28/40']);
});

test('missing bytes of a head are a counted loss, and the next request is told again', () => {
  const wire = openWire();
  wire.send({ way: '>', text: get('/a').slice(0, 12), at: 100 });
  wire.send({ way: '>', text: get('/a').slice(20), at: 120 });
  wire.connection.giveUpBefore(1e9);
  expect(wire.lost).toBe(1);
  wire.send(answer(ok), { way: '>', text: get('/b'), at: 128 }, answer(ok));
  expect(wire.exchanges.map(inShort)).toEqual(['GET /b 200 complete 28/40']);
  expect(wire.lost).toBe(1);
});

test('a request that is seen after its response had begun before it', () => {
  const wire = openWire(client);
  wire.send({ ...answer(ok), other: 1_010 }, ask(get('/a')));
  const [exchange] = wire.exchanges;
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 complete 28/40']);
  expect(exchange?.requestFirstNs).toBe(exchange?.responseFirstNs);
  expect(exchange?.requestLastNs).toBe(2e6);
});

const messages = fc.array(
  fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PROPFIND'),
    path: fc.stringMatching(/^\/[a-z0-9]{0,12}$/),
    body: fc.stringMatching(/^[ -~]{0,40}$/),
    status: fc.constantFrom(200, 201, 404, 500),
    chunked: fc.boolean(),
    reply: fc.stringMatching(/^[ -~]{1,40}$/),
  }),
  { minLength: 1, maxLength: 6 },
);

test('any split of any pipelined messages gives the same exchanges', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.nat(400), { maxLength: 30 }), (list, cuts) => {
      const requests = list
        .map(({ method, path, body }) => `${method} ${path} HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
        .join('');
      const responses = list
        .map(({ status, chunked, reply }) =>
          chunked
            ? `HTTP/1.1 ${status} X\r\nTransfer-Encoding: chunked\r\n\r\n${reply.length.toString(16)}\r\n${reply}\r\n0\r\n\r\n`
            : `HTTP/1.1 ${status} X\r\nContent-Length: ${reply.length}\r\n\r\n${reply}`,
        )
        .join('');
      const wire = openWire();
      wire.send(
        ...split(requests, cuts).map((text) => ask(text)),
        ...split(responses, cuts).map((text) => answer(text)),
      );
      expect(wire.exchanges.map(({ method, target, status, end }) => [method, target, status, end])).toEqual(
        list.map(({ method, path, status }) => [method, path, status, 'complete']),
      );
      const sum = (of: (exchange: (typeof wire.exchanges)[number]) => number) =>
        wire.exchanges.reduce((total, exchange) => total + of(exchange), 0);
      expect(sum((exchange) => exchange.requestBytes)).toBe(requests.length);
      expect(sum((exchange) => exchange.responseBytes)).toBe(responses.length);
    }),
  );
});

test('random bytes in random pieces invent nothing and break nothing', () => {
  const piece = fc.record({
    way: fc.constantFrom<'>' | '<'>('>', '<'),
    text: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('GET / HTTP/1.1\r\n', '\r\n', 'HTTP/1.1 200 OK\r\n', 'Content-Length: 3\r\n', 'a b HTTP/1.1'),
    ),
    unknown: fc.nat(3),
    at: fc.option(fc.nat(2 ** 32 - 1), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const wire = openWire();
      for (const { at, ...step } of pieces) wire.send(at === undefined ? step : { ...step, at });
      wire.connection.closed(false);
      const isPlausible = ({ method, target }: (typeof wire.exchanges)[number]): boolean =>
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method) && /^\S+$/.test(target);
      return wire.exchanges.every(isPlausible);
    }),
  );
});

function split(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index])).filter((part) => part !== '');
}

test('a response that was read before its request had been sent in full is its answer', () => {
  const wire = openWire(client);
  wire.send({ ...answer(ok), other: 1_010 }, ask(get('/a')), ask(get('/b')), answer(ok));
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 complete 28/40', 'GET /b 200 complete 28/40']);
});

test('a response that was read while its request was being sent in parts is its answer', () => {
  const wire = openWire(client);
  wire.send(ask(get('/a').slice(0, 20)), { ...answer(ok), other: 1_010 }, ask(get('/a').slice(20)));
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 complete 28/40']);
});

test.each([{}, client, { role: 'client' } as const])(
  'the end of what was answered before the connection was known is no answer: %o',
  (info) => {
    const wire = openWire(info);
    wire.send(ask(get('/a')), answer('the end'), answer(' of a body'), answer(ok), ask(get('/b')), answer(ok));
    expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 complete 28/40', 'GET /b 200 complete 28/40']);
    expect(wire.lost).toBe(0);
  },
);

test('a response that was read before its request was begun answers something else', () => {
  const wire = openWire(client);
  wire.send(answer('HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nold'), ask(get('/a')), answer(ok));
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 complete 28/40']);
  expect(wire.lost).toBe(0);
});

test('a long response to what was asked before the connection was known is no answer to what follows', () => {
  const wire = openWire(client);
  const pieces = Array.from({ length: 200 }, () => answer('old'));
  wire.send(answer('HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n'), ...pieces, ask(get('/a')), answer(ok));
  expect(wire.exchanges.map(inShort)).toEqual(['GET /a 200 complete 28/40']);
  expect(wire.lost).toBe(0);
});

test('where the order is not known, a response before all requests costs the next one, which is counted', () => {
  const wire = openWire({ role: 'client' });
  wire.send(answer(ok), ask(get('/a')), answer(ok), ask(get('/b')), answer(ok));
  expect(wire.exchanges.map(inShort)).toEqual(['GET /b 200 complete 28/40']);
  expect(wire.lost).toBe(1);
});
