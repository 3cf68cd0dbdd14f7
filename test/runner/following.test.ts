/** What is found of a tree from look to look, whatever of it has gone meanwhile. */
import { expect, test } from 'vitest';
import { follow } from '../../tasks/runner/process/following.ts';
import { findProcess, type ProcessRow } from '../../tasks/runner/process/list.ts';

const root = 2 ** 22 + 1;
const us = findProcess(process.pid);

/** A process by its number within the tree: in the group and session of the first one, unless told otherwise. */
function row(number: number, parent: number, other: Partial<ProcessRow> = {}): ProcessRow {
  const pid = root + number;
  return {
    pid,
    parent: parent < 0 ? 1 : root + parent,
    group: root,
    session: root,
    started: `${pid}`,
    isZombie: false,
    isStopped: false,
    ...other,
  };
}

const ours = { group: us?.group ?? 0, session: us?.session };
const led = (number: number) => ({ group: root + number, session: root + number });

/** The numbers that each look finds. */
const found = (...looks: readonly (readonly ProcessRow[])[]) => {
  const { look } = follow({ root, own: process.pid });
  return looks.map((rows) =>
    look(rows)
      .map(({ pid }) => pid - root)
      .sort(),
  );
};

test.each<[string, readonly (readonly ProcessRow[])[], readonly (readonly number[])[]]>([
  ['what was started by what was started', [[row(2, 1, ours), row(1, 0, ours), row(0, -1, ours)]], [[0, 1, 2]]],
  ['what runs in its group, though its parent has gone', [[row(0, -1)], [row(2, -1)]], [[0], [2]]],
  [
    'what runs in a session that one of it has made',
    [[row(0, -1, ours), row(1, 0, led(1))], [row(2, -1, led(1))]],
    [[0, 1], [2]],
  ],
  [
    'what was started by one that has gone, and whose new parent nobody has told yet',
    [[row(0, -1, ours)], [row(1, 0, ours)]],
    [[0], [1]],
  ],
  ['what is listed only at the next look', [[row(0, -1)], [], [row(2, -1)]], [[0], [], [2]]],
  ['nothing of our own group', [[row(0, -1, ours), row(3, -1, ours)]], [[0]]],
  [
    'no later process of the same number',
    [[row(0, -1), row(1, 0)], [row(1, -1, { ...led(1), started: 'later' })]],
    [[0, 1], []],
  ],
  [
    'nothing of a group that had nobody left',
    [[row(0, -1, ours), row(1, 0, led(1))], [row(0, -1, ours)], [row(0, -1, ours), row(2, -1, led(1))]],
    [[0, 1], [0], [0]],
  ],
  ['none that has ended', [[row(0, -1, { isZombie: true }), row(1, 0)]], [[1]]],
])('%s', (_, looks, expected) => {
  expect(found(...looks)).toEqual(expected);
});
