/** What a proxy says of whom it speaks for is no part of the request behind it, and no reason to lose that. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer, ask, inShort, openWire, type Step } from '../helpers/wire.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const signature = '\r\n\r\n\0\r\nQUIT\n';
const tcp4 = `${signature}\x21\x11\0\x0c${'\n\n\r\n'.repeat(3)}`;
/** With more than one byte can say, lines that look like requests among it. */
const long = `${signature}\x21\x21\x01\x2c${get('/none').padEnd(300, '\n')}`;
const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n';
const introductions = {
  'a line': line,
  'a line of IPv6': 'PROXY TCP6 2001:db8::1 2001:db8::2 65535 65535\r\n',
  'the shortest line': 'PROXY UNKNOWN\r\n',
  'a line that knows nothing': 'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n',
  'a line with a bare LF in it': 'PROXY UNKNOWN x\nGET /none HTTP/1.1\r\n',
  'bytes with line ends among them': tcp4,
  'the fewest bytes': `${signature}\x20\0\0\0`,
  'bytes with a request among them': long,
  'those of two proxies': line + tcp4,
};
const each = Object.entries(introductions);
const told = (...steps: readonly Step[]) => {
  const wire = openWire();
  wire.send(...steps);
  wire.connection.closed(true);
  return { exchanges: wire.exchanges.map(inShort), lost: wire.lost, finished: wire.finished };
};
const both = ['GET /a 200 complete 28/40', 'GET /b 200 complete 28/40'];

test.each(each)('%s, in one piece with the first request', (_, introduction) => {
  expect(told(ask(introduction + get('/a')), answer(ok), ask(get('/b')), answer(ok))).toEqual({
    exchanges: both,
    lost: 0,
    finished: undefined,
  });
});

test.each(each)('%s, in pieces of any size', (_, introduction) => {
  const text = introduction + get('/a');
  fc.assert(
    fc.property(fc.array(fc.nat({ max: text.length })), (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), text.length];
      const parts = places.slice(1).map((end, index) => ask(text.slice(places[index], end)));
      const steps = [...parts.filter(({ text }) => text !== ''), answer(ok), ask(get('/b')), answer(ok)];
      expect(told(...steps)).toEqual({ exchanges: both, lost: 0, finished: undefined });
    }),
  );
});

test('each is passed over wherever it is cut in two', () => {
  for (const [, introduction] of each) {
    const text = introduction + get('/a');
    for (let cut = 1; cut < text.length; cut++)
      expect(told(ask(text.slice(0, cut)), ask(text.slice(cut)), answer(ok), ask(get('/b')), answer(ok))).toEqual({
        exchanges: both,
        lost: 0,
        finished: undefined,
      });
  }
});

test('one alone is neither told nor counted, whole or in part', () => {
  for (const text of each.flatMap(([, whole]) => [whole, whole.slice(0, -2)])) {
    expect(told(ask(text))).toMatchObject({ exchanges: [], lost: 0 });
  }
});

test('the request begins behind it, in time and in bytes', () => {
  const wire = openWire();
  const starts: string[] = [];
  const linked = openWire({
    linkOf: (request) => {
      starts.push(String(request));
      return 'x';
    },
  });
  for (const one of [wire, linked]) one.send(ask(line), ask(get('/a')), answer(ok));
  expect(wire.exchanges[0]).toMatchObject({ requestFirstNs: 2e6, requestBytes: 28 });
  expect(starts).toEqual([String(1_000 + line.length)]);
});

test('a method that begins like one is told, by the time of its first byte', () => {
  for (const method of ['P', 'PRO', 'PROXY', 'PROPFIND', 'PROXYING']) {
    const head = `${method} /a HTTP/1.1\r\n\r\n`;
    const wire = openWire();
    wire.send(...[...head].map((byte) => ask(byte)), answer(ok));
    expect(wire.exchanges.map(inShort)).toEqual([`${method} /a 200 complete ${head.length}/40`]);
    expect(wire.exchanges[0]?.requestFirstNs).toBe(1e6);
  }
});

test('what may be the line of a request is one', () => {
  for (const target of ['TCP4', 'TCP6', 'UNKNOWN', 'TCP', 'TCP5', 'UNICORN:80']) {
    const head = `PROXY ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const expected = { exchanges: [`PROXY ${target} 200 complete ${head.length}/40`], lost: 0, finished: undefined };
    expect(told(ask(head), answer(ok))).toEqual(expected);
    expect(told(...[...head].map((byte) => ask(byte)), answer(ok))).toEqual(expected);
  }
});

test('behind a request it is none', () => {
  const steps = [ask(get('/a')), answer(ok), ask(line + get('/b')), answer(ok)];
  expect(told(...steps)).toMatchObject({ exchanges: ['GET /a 200 complete 28/40'], lost: 1 });
});

test.each([line, tcp4])('more than those of two proxies are no HTTP, in one piece or in many: %j', (introduction) => {
  for (const steps of [[ask(introduction.repeat(3))], Array.from({ length: 3 }, () => ask(introduction))]) {
    expect(told(...steps)).toEqual({ exchanges: [], lost: 0, finished: 'not-http' });
  }
});

test('what only begins like one is no HTTP', () => {
  for (const text of [
    `\r\n\r\n\0\r\nQUIZ\n${get('/a')}`,
    `PROXY TCP5 a b 1 2\r\n${get('/a')}`,
    `PROXY TCP4 ${'1'.repeat(100)}\r\n${get('/a')}`,
  ]) {
    expect(told(ask(text))).toEqual({ exchanges: [], lost: 0, finished: 'not-http' });
  }
});
