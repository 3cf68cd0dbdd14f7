import { createHash } from 'node:crypto';
import type { Part } from './parts.ts';
import { digestAt, type Snapshot } from './snapshot.ts';
import { kindIn } from './stamp.ts';

/** A number that changes when the meaning of a key does. */
const format = 1;

/** The name of a result: equal for the same task with the same parts and the same inputs, in every checkout. */
export function keyOf(task: string, parts: readonly Part[], inputs: Snapshot): string {
  const key = createHash('sha256').update(`zx-tasks ${format}\0`);
  const lines = parts.map(({ kind, name, digest }) => JSON.stringify([kind, name, digest])).sort();
  key.update(JSON.stringify([task, lines]));
  for (const [row, path] of inputs.paths.entries())
    key.update(`\0${path}\0${kindIn(inputs.stamps, row)} ${digestAt(inputs, row)}`);
  return key.digest('hex');
}
