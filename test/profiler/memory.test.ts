/** What comes and goes leaves nothing behind: old objects are collected seldom, and what they hold stays till then. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { tell } from '../helpers/told.ts';
import { folderForEach, openTrace } from '../helpers/trace.ts';

const folderOf = folderForEach();
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
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
  expect(usedBytes() - before).toBeLessThan(100_000);
});
