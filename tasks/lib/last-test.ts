/** What the last `test` sent, kept in .tasks/last-test.json so that the trace can be compared with it again. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskFailure } from 'zx-tasks';
import { makeFolder, unlessForeign } from './foreign.ts';
import { parseJson, readIfThere } from './read.ts';
import type { Run } from './traffic.ts';

const FILE = '.tasks/last-test.json';

export async function keepRun(root: string, run: Run): Promise<void> {
  const path = join(root, FILE);
  await unlessForeign(root, '.tasks', async () => {
    await makeFolder(join(root, '.tasks'));
    await writeFile(`${path}.new`, `${JSON.stringify(run, null, 2)}\n`);
    await rename(`${path}.new`, path);
  });
}

export async function readRun(root: string): Promise<Run> {
  const remedy = 'npx tasks test';
  const text = await readIfThere(join(root, FILE));
  if (text === undefined) throw new TaskFailure(`${FILE} does not exist: no \`test\` has run yet`, { remedy });
  const run = parseJson(text);
  if (run === undefined) throw new TaskFailure(`${FILE} is damaged`, { remedy });
  if (!isRun(run)) throw new TaskFailure(`${FILE} was written by another version`, { remedy });
  return run;
}

function isRun(value: unknown): value is Run {
  const run = value as Partial<Run> | null;
  return (
    typeof run?.marker === 'string' &&
    run.marker !== '' &&
    typeof run.port === 'number' &&
    Array.isArray(run.sent) &&
    run.sent.length > 0
  );
}
