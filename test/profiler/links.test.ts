/** Links: the same on both ends of one exchange, and no other exchange has it. */
import { expect, test } from 'vitest';
import { openTable } from '../helpers/connections.ts';

const request = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const response = 'HTTP/1.1 204 No Content\r\n\r\n';

/** The links of two exchanges over connections that are opened so. */
function linksOf(options: Parameters<typeof openTable>[0], ends: readonly (readonly [bigint, bigint])[]) {
  const { exchanges, open, move } = openTable(options);
  for (const [index, [sock, peer]] of ends.entries()) {
    const conn = index + 1;
    open(conn, { role: index % 2 === 0 ? 'server' : 'client', sock, peer });
    for (const text of [request, request]) {
      move(conn, '>', text);
      move(conn, '<', response);
    }
  }
  return exchanges.map(({ link }) => link);
}

test('over TCP a link is where request and response begin, wherever it is seen', () => {
  expect(
    linksOf({}, [
      [1n, 0n],
      [2n, 0n],
    ]),
  ).toEqual(['0000006400000384', '000000800000039f', '0000006400000384', '000000800000039f']);
});

test('over Unix sockets both ends have the same links, and none that was there before', () => {
  const links = linksOf({ isUnix: true }, [
    [8n, 9n],
    [9n, 8n],
    [8n, 9n],
    [9n, 8n],
    [7n, 9n],
  ]);
  const [first, second, third] = [links.slice(0, 2), links.slice(4, 6), links.slice(8)];
  expect(links).toEqual([first, first, second, second, third].flat());
  expect(new Set([first, second, third].flat()).size).toBe(6);
  expect(links.filter((link) => /^[0-9a-f]{16}$/.test(link))).toEqual(links);
  expect(linksOf({ isUnix: true, salt: 'other' }, [[8n, 9n]])).not.toEqual(first);
});
