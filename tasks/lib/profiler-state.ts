/** What the profiler says of itself in profiler.json. */
import { join } from 'node:path';
import type { Context } from 'zx-tasks';
import type { Status } from '../../container/profiler/src/status.ts';
import { parseJson, readIfThere } from './read.ts';
import { statusPath } from './stack.ts';

/** Undefined until it has said something. */
export async function readProfilerState({ root }: Pick<Context, 'root'>): Promise<Status | undefined> {
  return parseProfilerState(await readIfThere(join(root, statusPath)));
}

/** The file is empty at first, and rewritten in place. */
export function parseProfilerState(text: string | undefined): Status | undefined {
  const said = text === undefined ? undefined : (parseJson(text) as Partial<Status> | null | undefined);
  return Array.isArray(said?.hooks) && typeof said.kernel === 'string' ? (said as Status) : undefined;
}
