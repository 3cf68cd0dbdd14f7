/** From both rings to exchanges: in an order that keeps what belongs together together, each with who made it. */
import { expect, test } from 'vitest';
import { Drain } from '../../container/profiler/src/drain.ts';
import * as layout from '../../container/profiler/src/layout.ts';
import { readSettings } from '../../container/profiler/src/settings.ts';
import { fakeProbe, fakeRing } from '../helpers/fake-probe.ts';
import { recordOf } from '../helpers/records.ts';

const id = '0123456789abcdef'.repeat(4);
const request = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const endless = 'HTTP/1.1 200 OK\r\n\r\nhi';
const AF_UNIX = 1;
const ESTABLISHED = 1;
const CLOSE = 7;

/** A server's connection that has just been opened. */
function start(family = 2) {
  const [data, control] = [fakeRing(), fakeRing()];
  const told: string[] = [];
  const drain = new Drain(
    fakeProbe(data.ring, control.ring),
    readSettings({ PROFILER_SCOPE: 'host' }),
    {
      exchange: ({ target, status, end, process: { comm, container } }) =>
        told.push(`${target} ${status ?? '-'} ${end} ${comm} ${container?.name ?? '-'}`),
      lost: (count) => told.push(`lost ${count}`),
    },
    'salt',
  );
  const next = [100, family === AF_UNIX ? 0 : 900];
  data.put(recordOf(layout.open, { conn: 7n, kind: layout.kind.open, family }));
  return {
    told,
    drain,
    move: (direction: 0 | 1, text: string, who: Readonly<Record<string, bigint | string>> = {}, state?: 'busy') => {
      const offset = next[direction] ?? 0;
      next[direction] = offset + text.length;
      const place = { offset, len: text.length, cap: text.length, direction, timeNs: 1_000n };
      const fields = { conn: 7n, kind: layout.kind.piece, ...place, pid: 42, comm: 'node', ...who };
      return data.put(recordOf(layout.piece, fields, text), state);
    },
    end: (direction: 0 | 1, gap: number) =>
      data.put(recordOf(layout.piece, { conn: 7n, kind: layout.kind.eof, direction, gap })),
    close: (timeNs = 0n) =>
      control.put(
        recordOf(layout.close, { conn: 7n, kind: layout.kind.close, timeNs, oldState: ESTABLISHED, newState: CLOSE }),
      ),
    /** Much of another connection. */
    moveOther: (timeNs: bigint) =>
      data.put(recordOf(layout.piece, { conn: 8n, kind: layout.kind.piece, timeNs }, 'x'.repeat(20_000))),
    announce: (group: bigint, name: string, node: string) =>
      control.put(recordOf(layout.cgroup, { group, kind: layout.kind.cgroup, unified: name, node })),
  };
}

test('a connection that ends waits for bytes that are still being written', () => {
  const { told, drain, move, close } = start();
  move(0, request);
  const finish = move(1, response, {}, 'busy');
  close();
  drain.drain();
  expect(told).toEqual([]);
  finish();
  drain.drain();
  expect(told).toEqual(['/a 200 complete node -']);
  expect(drain.counters().connections).toBe(0);
});

test('a connection that ends while all is read is over at once', () => {
  const { told, drain, move, close } = start();
  move(0, request);
  close();
  drain.drain();
  expect(told).toEqual(['/a - aborted node -']);
  expect(drain.counters()).toEqual({ records: 3, connections: 0 });
});

test.each([
  ['is over before what came long after its end has been read', 1_000_000_000n, '/a - aborted node -'],
  ['waits for what may have been moved before its end', 5_000_000n, '/a 200 complete node -'],
] as const)('a connection that ended while much waits to be read %s', (_, laterNs, expected) => {
  const { told, drain, move, moveOther, close } = start();
  move(0, request);
  close(2_000n);
  for (let part = 0; part < 2; part++) moveOther(2_000n + laterNs);
  move(1, response);
  drain.drain();
  expect(told).toEqual([expected]);
});

test.each([
  ['the end of what a server sends over a Unix socket', 1, 0, ['/a 200 closed node -']],
  ['that of what it receives', 0, 0, []],
  ['one before which something was left out', 1, 1, ['lost 1']],
] as const)('%s', (_, direction, gap, expected) => {
  const { told, drain, move, end } = start(AF_UNIX);
  move(0, request);
  move(1, endless);
  end(direction, gap);
  drain.drain();
  expect(told).toEqual(expected);
});

test('a record that says that it carries more than it does is read to its end, and nothing of the next one', () => {
  const { told, drain, move } = start();
  move(0, 'GET /', { cap: 200n });
  move(0, ' HTTP/1.1\r\n\r\n');
  move(1, response);
  drain.drain();
  expect(told).toEqual(['/ 200 complete node -']);
});

test('one pid is another process where its command, its cgroup or the name of that is another', () => {
  const { told, drain, move, announce } = start();
  const exchange = (who: Readonly<Record<string, bigint | string>>): void => {
    move(0, request, who);
    move(1, response, who);
    drain.drain();
  };
  announce(5n, `libpod-${id}.scope`, 'web');
  announce(6n, 'user.slice', '');
  exchange({ group: 5n });
  exchange({ group: 5n, comm: 'curl' });
  exchange({ group: 6n, comm: 'curl' });
  announce(6n, `docker-${'f'.repeat(64)}.scope`, 'other');
  exchange({ group: 6n, comm: 'curl' });
  exchange({ group: 5n, comm: 'curl' });
  drain.renamed(new Map([[id, { id, name: 'renamed', image: null, service: null }]]));
  exchange({ group: 5n, comm: 'curl' });
  expect(told).toEqual(
    ['node web', 'curl web', 'curl -', 'curl other', 'curl web', 'curl renamed'].map((who) => `/a 200 complete ${who}`),
  );
});
