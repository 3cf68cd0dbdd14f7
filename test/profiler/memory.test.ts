/** What comes and goes leaves nothing behind: old objects are collected seldom, and what they hold stays till then. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Table } from '../../container/profiler/src/table.ts';
import { TCP_CLOSE } from '../../container/profiler/src/tcp-states.ts';
import { tell } from '../helpers/told.ts';
import { folderForEach, openTrace } from '../helpers/trace.ts';
import { someone } from '../helpers/wire.ts';

const folderOf = folderForEach();
setFlagsFromString('--expose-gc');
const collect: (which?: { type: 'minor' }) => void = runInNewContext('gc');
const usedBytes = (): number => process.memoryUsage().heapUsed;

/** As a load leaves it: what is made once lies among the old objects. */
const age = (): void => {
  collect();
  collect();
};

test('a line that waits to be written is kept as its bytes', () => {
  const sink = openTrace(folderOf());
  sink.exchange(tell());
  age();
  const before = usedBytes();
  for (let line = 0; line < 5_000; line++) sink.exchange(tell());
  collect();
  // As texts they took 3,000,000 bytes and more; what else a process does meanwhile takes some 300,000.
  expect(usedBytes() - before).toBeLessThan(1_000_000);
});

test.each([false, true])(
  'a connection that is over stays not among the old objects (over a Unix socket: %s)',
  (isUnix) => {
    const nothing = (): void => {};
    const table = new Table(
      { ignore: nothing, forget: nothing, passOver: nothing, isOpen: () => true, isStillOpen: () => true },
      { exchange: nothing, lost: nothing },
      'salt',
    );
    const head = Buffer.from('GET / HTTP/1.1\r\n');
    const open = (conn: number): void => {
      table.opened(
        {
          conn,
          sock: BigInt(conn % 97),
          peer: 0n,
          isUnix,
          requestDirection: 0,
          local: '10.0.0.1:80',
          remote: '10.0.0.2:9',
        },
        conn,
      );
      table.moved(conn, 0, {
        offset: 1,
        length: head.length,
        cap: head.length,
        bytes: head,
        from: 0,
        framed: undefined,
        gap: 'none',
        other: 0,
        timeNs: conn,
        who: someone,
      });
    };
    const over = { oldState: 0, newState: TCP_CLOSE, isShed: false, ends: [0, 0] } as const;
    /** Each is over when fifty others have come. */
    const pass = (from: number, to: number): void => {
      for (let conn = from; conn < to; conn++) {
        open(conn);
        if (conn > 50) table.closed({ ...over, timeNs: conn, conn: conn - 50 });
        if (conn % 1_000 === 0) collect({ type: 'minor' });
      }
    };
    pass(1, 1_000);
    age();
    const before = usedBytes();
    pass(1_000, 5_000);
    collect({ type: 'minor' });
    expect(table.size).toBe(50);
    // Kept in a table that is outgrown, each took 2,600 bytes and more; those fifty take 700 to 1,000 of each.
    expect((usedBytes() - before) / 4_000).toBeLessThan(1_800);
  },
);
