import { expect, test } from 'vitest';
import {
  frameRequest,
  frameResponse,
  parseChunkSize,
  parseHead,
  parseRefusedLine,
  parseRequestLine,
  parseStatusLine,
} from '../../container/profiler/src/http1/head.ts';

test.each([
  ['GET / HTTP/1.1', { method: 'GET', target: '/', protocol: 'HTTP/1.1' }],
  ['M-SEARCH * HTTP/1.1', { method: 'M-SEARCH', target: '*', protocol: 'HTTP/1.1' }],
  ['CONNECT db:5432 HTTP/1.0', { method: 'CONNECT', target: 'db:5432', protocol: 'HTTP/1.0' }],
  ['QUERY http://a/b?c HTTP/1.1', { method: 'QUERY', target: 'http://a/b?c', protocol: 'HTTP/1.1' }],
  ['GET /voil\xc3\xa0', { method: 'GET', target: '/voil\xc3\xa0', protocol: 'HTTP/0.9' }],
  ['GET  / HTTP/1.1', undefined],
  ['GET /a b HTTP/1.1', undefined],
  ['GET / HTTP/2.0', undefined],
  ['OPTIONS /a RTSP/1.0', { method: 'OPTIONS', target: '/a', protocol: 'RTSP/1.0' }],
  ['GET /old', { method: 'GET', target: '/old', protocol: 'HTTP/0.9' }],
  ['GET /a SPDY/1.0', undefined],
  ['G@T / HTTP/1.1', undefined],
  ['POST /', undefined],
  ['PRI * HTTP/2.0', undefined],
])('the request line `%s`', (line, expected) => {
  expect(parseRequestLine(line)).toEqual(expected);
});

test.each([
  ['HTTP/1.1 200 OK', 200],
  ['HTTP/1.0 404', 404],
  ['HTTP/1.1 204 ', 204],
  ['HTTP/1.1 20 OK', undefined],
  ['HTTP/1.1 2000 OK', undefined],
  ['HTTP/2 200', undefined],
  ['ICY 200 OK', undefined],
  ['RTSP/1.0 200 OK', 200],
])('the status line `%s`', (line, expected) => {
  expect(parseStatusLine(line)).toBe(expected);
});

test.each([
  ['GET /a b HTTP/1.1', { method: 'GET', target: '/a b', protocol: 'HTTP/1.1' }],
  ['GET  /a HTTP/1.1', { method: 'GET', target: ' /a', protocol: 'HTTP/1.1' }],
  ['GET /a HTTP/2', { method: 'GET', target: '/a', protocol: 'HTTP/2' }],
  ['GET /a HTTP/1.1 HTTP/1.1', { method: 'GET', target: '/a HTTP/1.1', protocol: 'HTTP/1.1' }],
  ['GET /a HTTP/1.1 \t', { method: 'GET', target: '/a', protocol: 'HTTP/1.1' }],
  ['GET   HTTP/1.1', undefined],
  ['GET /a HTTP/1.1 b', undefined],
])('what the refused line `%s` was meant to say', (line, expected) => {
  expect(parseRefusedLine(line)).toEqual(expected);
});

test.each([
  ['without blanks', `GET ${'b'.repeat(65_000)} X`],
  ['with many blanks', `GET ${'b '.repeat(32_500)}X`],
  ['with many blanks behind a version', `GET / HTTP/1.1${' '.repeat(65_000)}X`],
  ['with many versions', `GET ${' HTTP/1.'.repeat(8_000)}X`],
])('long lines %s that are no request cost no more than their length', (_how, line) => {
  for (let round = 0; round < 100; round++) expect(parseRefusedLine(line)).toBeUndefined();
});

test('a head ends at its empty line, with or without carriage returns', () => {
  expect(parseHead('GET / HTTP/1.1\r\nHost: a\r\n\r\nbody')).toMatchObject({
    firstLine: 'GET / HTTP/1.1',
    bytes: 27,
  });
  expect(parseHead('GET / HTTP/1.1\nHost: a\n\nbody')).toMatchObject({ firstLine: 'GET / HTTP/1.1', bytes: 24 });
  expect(parseHead('GET / HTTP/1.1\r\nHost: a\r\n')).toBeUndefined();
  expect(parseHead('GET / HTTP/1.1\r\nHost: a\r\n\r')).toBeUndefined();
});

test('lengths of the same name are joined and the last encoding counts, whatever the case of the name', () => {
  const head = parseHead(
    'GET / HTTP/1.1\r\ncontent-LENGTH: 5\r\nTransfer-Encoding: gzip\r\nContent-Length:5 \r\nTransfer-encoding: chunked\r\n\r\n',
  );
  expect(head).toMatchObject({ contentLength: '5, 5', transferEncoding: 'chunked' });
});

const lengths = (contentLength?: string, transferEncoding?: string) => ({ contentLength, transferEncoding });

test.each([
  ['no header', lengths(), { kind: 'none' }],
  ['a length', lengths('12'), { kind: 'counted', bytes: 12 }],
  ['a length that is said twice', lengths('12, 12'), { kind: 'counted', bytes: 12 }],
  ['chunks', lengths(undefined, 'gzip, chunked'), { kind: 'chunked' }],
  ['chunks and a length', lengths('12', 'chunked'), { kind: 'chunked' }],
  ['two lengths', lengths('12, 13'), undefined],
  ['a negative length', lengths('-1'), undefined],
  ['a length with a sign', lengths('+1'), undefined],
  ['chunks that are not last', lengths(undefined, 'chunked, gzip'), undefined],
])('the body of a request with %s', (_what, head, expected) => {
  expect(frameRequest(head)).toEqual(expected);
});

test.each([
  ['200 without a length', 200, 'GET', lengths(), 'until-close'],
  ['200 with a length', 200, 'GET', lengths('3'), 'counted'],
  ['200 in chunks', 200, 'GET', lengths(undefined, 'chunked'), 'chunked'],
  ['200 encoded without chunks', 200, 'GET', lengths(undefined, 'gzip'), 'until-close'],
  ['200 to HEAD', 200, 'HEAD', lengths('3'), 'none'],
  ['204', 204, 'GET', lengths('3'), 'none'],
  ['304', 304, 'GET', lengths('3'), 'none'],
  ['100', 100, 'POST', lengths(), 'none'],
  ['100 to CONNECT', 100, 'CONNECT', lengths(), 'none'],
  ['300 to CONNECT', 300, 'CONNECT', lengths('3'), 'counted'],
  ['101', 101, 'GET', lengths(), 'tunnel'],
  ['200 to CONNECT', 200, 'CONNECT', lengths(), 'tunnel'],
  ['403 to CONNECT', 403, 'CONNECT', lengths('3'), 'counted'],
])('the body of a response: %s', (_what, status, method, head, kind) => {
  expect(frameResponse(head, status, method)?.kind).toBe(kind);
});

test.each([
  ['0', 0],
  ['0000000000000000', 0],
  ['000000000000001aF', 431],
  ['1aF', 431],
  ['5;name=value', 5],
  ['5 ', 5],
  ['', undefined],
  ['-1', undefined],
  ['0x5', undefined],
  ['fffffffffffffff', undefined],
])('a chunk of size `%s`', (line, expected) => {
  expect(parseChunkSize(line)).toBe(expected);
});
