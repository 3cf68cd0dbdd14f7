/** A message that cannot be followed to its end is counted, and the connection is told again as soon as that is certain. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer, ask, inShort, openWire, type Step } from '../helpers/wire.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const seen = (...steps: readonly Step[]) => {
  const wire = openWire();
  wire.send(...steps);
  return { shown: wire.exchanges.map(inShort), lost: wire.lost, wire };
};
const small = (...paths: readonly string[]) => paths.map((path) => `GET ${path} 200 complete 28/40`);

/** A head of so many bytes, in pieces of 8 KiB as the kernel copies them. */
function largeHead(bytes: number): readonly Step[] {
  const start = 'GET /large HTTP/1.1\r\nCookie: ';
  const text = `${start}${'c'.repeat(bytes - start.length - 4)}\r\n\r\n`;
  return Array.from({ length: Math.ceil(bytes / 8192) }, (_, index) =>
    ask(text.slice(index * 8192, (index + 1) * 8192)),
  );
}

test('an interim answer that is read with the answer before it promises no exchange besides the one that it belongs to', () => {
  const post = 'POST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\n';
  const { shown, lost } = seen(
    ask(get('/a')),
    answer(`${ok}HTTP/1.1 100 Continue\r\n\r\n`),
    ask(post),
    ask('hi'),
    answer(ok),
    ask(get('/c')),
    answer(ok),
  );
  expect(shown).toEqual([...small('/a'), `POST /b 200 complete ${post.length + 2}/40`, ...small('/c')]);
  expect(lost).toBe(0);
});

test('a head of any length is told', () => {
  const { shown, lost } = seen(...largeHead(1_000_000), answer(ok), ask(get('/a')), answer(ok));
  expect(shown).toEqual(['GET /large 200 complete 1000000/40', ...small('/a')]);
  expect(lost).toBe(0);
});

test('what says how the body ends is found in a head that comes byte by byte', () => {
  const cookie = `Cookie: ${'c'.repeat(3_000)}\r\n Content-Length: 5`;
  const post = `POST /a HTTP/1.1\r\ncontent-length: 4\r\n${cookie}\r\nContent-Length: 4\r\n\r\nGET `;
  const steps = [...post].map((byte) => ask(byte));
  expect(seen(...steps, answer(ok), ask(get('/b')), answer(ok)).shown).toEqual([
    `POST /a 200 complete ${post.length}/40`,
    ...small('/b'),
  ]);
});

test('a length that begins where no more of its line is held is no length', () => {
  const post = `POST /a HTTP/1.1\r\nContent-Length:${' '.repeat(2_000)}12\r\n`;
  const { shown, lost } = seen(ask(post), ask('\r\n'), answer(ok), ask(get('/b')), answer(ok));
  expect([shown, lost]).toEqual([[`POST /a 200 complete ${post.length}/40`, ...small('/b')], 0]);
});

test.each([
  ['a length', 'Content-Length:\r\n 4\r\n\r\nbody'],
  ['a length, with LF alone', 'Content-Length:\n\t4\n\nbody'],
  ['a length that is said twice', 'Content-Length: 4,\r\n 4\r\nX: y\r\n z\r\n\r\nbody'],
  ['chunks', 'Transfer-Encoding: gzip,\r\n \tchunked\r\nConnection: a\r\n b\r\n\r\n4\r\nbody\r\n0\r\n\r\n'],
])('what says how the body ends may go on in the next line: %s', (_, text) => {
  const request = `POST /a HTTP/1.1\r\n${text}`;
  const response = `HTTP/1.1 200 OK\r\n${text}`;
  const expected = [`POST /a 200 complete ${request.length}/${response.length}`, ...small('/b')];
  expect(seen(ask(request), answer(response), ask(get('/b')), answer(ok))).toMatchObject({ shown: expected, lost: 0 });
  const slowly = [...[...request].map((byte) => ask(byte)), ...[...response].map((byte) => answer(byte))];
  expect(seen(...slowly, ask(get('/b')), answer(ok))).toMatchObject({ shown: expected, lost: 0 });
});

test.each<[string, readonly Step[]]>([
  ['a head that was not copied whole', [ask('GET /large HTTP/1.1\r\nCookie: c', 80_000), answer(ok)]],
  ['a target without end', [ask(`GET /${'t'.repeat(70_000)}`), answer('HTTP/1.1 414 Too Long\r\n\r\n')]],
  ['an answer whose chunks are none', [ask(get('/x')), answer(`${chunked}1\r\na\r\n!\r\n`)]],
  ['an answer that nobody could read', [ask(get('/x')), answer('', 45)]],
  ['a later one', [ask(get('/w')), answer(ok), ask(get('/x')), answer('', 45)]],
  ['an answer that is none', [ask(get('/w')), answer(ok), ask(get('/x')), answer('ICY 200 OK\r\n')]],
])('%s is counted, and the next exchange is told', (_, steps) => {
  const { shown, lost } = seen(...steps, ask(get('/a')), answer(ok), ask(get('/b')), answer(ok));
  expect([shown.filter((line) => !line.includes('/w')), lost]).toEqual([small('/a', '/b'), 1]);
});

test('where a client does not wait for its answers, every later request is counted', () => {
  const { shown, lost } = seen(
    ask('GET /large HTTP/1.1\r\nCookie: c', 80_000),
    ask(get('/a')),
    answer(ok + ok),
    ask(get('/b') + get('/c')),
    answer(ok),
    ask(get('/d')),
    answer(ok + ok),
    ask(get('/e')),
    answer(ok),
  );
  expect([shown, lost]).toEqual([[], 6]);
});

test('what follows an answer and does not begin like a request is counted once', () => {
  const odd = ask('?\r\n\r\n');
  const { shown, lost } = seen(
    ask('GET /x HTTP/1.1\r\nA: b', 80_000),
    answer(ok),
    odd,
    odd,
    answer(ok),
    ask(get('/a')),
    answer(ok),
  );
  expect([shown, lost]).toEqual([small('/a'), 2]);
});

test('the rest of an answer that came before it was asked for is not taken for one', () => {
  const { shown, lost } = seen(
    ask(`${get('/a')}${get('/b')}GET /x HTTP/1.1\r\nA: b`, 80_000),
    answer(ok),
    ask(get('/c')),
    answer(ok + ok + ok),
  );
  expect([shown, lost]).toEqual([[], 4]);
});

test('an answer is not that to a request before it, whose own was none', () => {
  const { shown, lost } = seen(ask(get('/a')), answer('ICY 200 OK\r\n\r\n'), ask(get('/b')), answer(ok));
  expect([shown, lost]).toEqual([[], 2]);
});

test('bytes behind an answer that nobody waits for are no loss', () => {
  const { shown, lost } = seen(ask(get('/a')), answer(`${ok}and more\r\n\r\n`), ask(get('/b')), answer(ok));
  expect([shown, lost]).toEqual([small('/a', '/b'), 0]);
});

test('the end of an answer from before the connection was known is passed over', () => {
  const { shown, lost } = seen(ask(get('/a')), answer('the rest of it'), answer(ok), ask(get('/b')), answer(ok));
  expect([shown, lost]).toEqual([small('/a', '/b'), 0]);
});

test('requests that stand behind what is not understood are counted', () => {
  const { shown, lost } = seen(
    ask('GET /x HTTP/1.1\r\nA: b', 80_000),
    ask(`: c\r\n\r\n${get('/a')}${get('/b')}`),
    ask(get('/c')),
  );
  expect([shown, lost]).toEqual([[], 4]);
});

const empty = (status: number): Step => answer(`HTTP/1.1 ${status} S\r\nContent-Length: 0\r\n\r\n`);

/** Ways for an exchange to go, each with its own target and status. */
const ways: Readonly<Record<string, (path: string, status: number) => readonly [Step, Step]>> = {
  well: (path, status) => [ask(get(path)), empty(status)],
  notCopied: (path, status) => [ask(`GET ${path} HTTP/1.1\r\nA: b`, 80_000), empty(status)],
  tooLong: (path, status) => [ask(`GET ${path}${'t'.repeat(70_000)}`), empty(status)],
  half: (path, status) => [ask(`GET ${path} HTTP/1.1\r\nHost`), empty(status)],
  noLength: (path, status) => [ask(`PUT ${path} HTTP/1.1\r\nContent-Length: x\r\n\r\nbody`), empty(status)],
  noChunk: (path, status) => [ask(`PUT ${path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n`), empty(status)],
  noAnswerChunk: (path, status) => [
    ask(get(path)),
    answer(`HTTP/1.1 ${status} S\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n`),
  ],
  unreadable: (path) => [ask(get(path)), answer('', 45)],
};

test('where a client waits for its answers, every exchange is told with its own status or counted', () => {
  const all = fc.array(fc.constantFrom(...Object.keys(ways)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(all, fc.boolean(), (names, isServer) => {
      const wire = openWire({ role: isServer ? 'server' : 'client', knowsOrder: !isServer });
      for (const [index, name] of names.entries()) wire.send(...(ways[name]?.(`/${index}`, 400 + index) ?? []));
      wire.connection.closed(true);
      const wrong = wire.exchanges.filter(({ target, status }) => target !== `/${(status ?? 0) - 400}`);
      expect(wrong.map(inShort)).toEqual([]);
      expect(wire.exchanges.length + wire.lost).toBe(names.length);
      const untold = names.filter((name) => ['notCopied', 'tooLong', 'noAnswerChunk', 'unreadable'].includes(name));
      expect(wire.lost).toBe(untold.length);
    }),
    { numRuns: 500 },
  );
});
