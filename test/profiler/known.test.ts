/** What the kernel is told of a connection that it copies whole, because it does not know where heads begin. */
import { expect, test } from 'vitest';
import { openTable } from '../helpers/connections.ts';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const chunked = 'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n';
const large = 'HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n';
const medium = 'HTTP/1.1 200 OK\r\nContent-Length: 20100\r\n\r\n';
const part = 'x'.repeat(20_000);
/** Where the streams of the helper's connections begin. */
const [ASKED, ANSWERED] = [100, 900];

type Move = readonly ['>' | '<', string];
const wordsOf = (...moves: readonly Move[]) => {
  const { kernel, open, move } = openTable();
  open(1);
  for (const [way, text] of moves) move(1, way, text);
  return kernel;
};
const asked = (text: string) => ASKED + text.length;

test('nothing, while little was copied', () => {
  expect(wordsOf(['>', chunked], ['<', ok], ['>', chunked], ['<', ok])).toEqual([]);
});

test('where the body of an answer ends, and where the next request begins', () => {
  const words = wordsOf(['>', chunked], ['<', large + part]);
  expect(words).toEqual([`pass 1 ${asked(chunked)} ${ANSWERED + large.length + 3_000_000}`]);
});

test('only where the body ends, while others wait', () => {
  const words = wordsOf(['>', chunked], ['>', chunked], ['<', large + part]);
  expect(words).toEqual([`pass 1 - ${ANSWERED + large.length + 3_000_000}`]);
});

test('where the next request begins, as soon as none waits', () => {
  const words = wordsOf(['>', chunked], ['>', chunked], ['<', medium + part], ['<', 'x'.repeat(100)], ['<', ok]);
  const bodyOnly = `pass 1 - ${ANSWERED + medium.length + part.length + 100}`;
  expect(words).toEqual([bodyOnly, `pass 1 ${asked(chunked + chunked)} -`]);
});

test('where a large chunk of an answer ends, and not how long the line end behind it is', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30000\r\n';
  const words = wordsOf(['>', chunked], ['<', head + part]);
  expect(words).toEqual([`pass 1 ${asked(chunked)} ${ANSWERED + head.length + 0x30000}`]);
});

test('of an answer that lasts as long as the connection, as much as offsets tell apart', () => {
  const head = 'HTTP/1.1 200 OK\r\n\r\n';
  const words = wordsOf(['>', chunked], ['<', head + part]);
  expect(words).toEqual([`pass 1 ${asked(chunked)} ${ANSWERED + head.length + part.length + 2 ** 31 - 1}`]);
});

test('where the next request begins, when all is answered', () => {
  const long = `GET /a HTTP/1.1\r\nCookie: ${part}\r\n\r\n`;
  expect(wordsOf(['>', long])).toEqual([]);
  expect(wordsOf(['>', long], ['<', ok])).toEqual([`pass 1 ${asked(long)} -`]);
});

test('where the body of a request ends', () => {
  const head = `PUT /a HTTP/1.1\r\nContent-Length: 90000\r\n\r\n`;
  expect(wordsOf(['>', head + part])).toEqual([`pass 1 ${asked(head) + 90_000} -`]);
});

test('nothing of a request whose body has no known end, nor while a head is coming', () => {
  expect(wordsOf(['>', `PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n50000\r\n${part}`])).toEqual([]);
  expect(wordsOf(['>', `GET /a HTTP/1.1\r\nCookie: ${part}`])).toEqual([]);
});
