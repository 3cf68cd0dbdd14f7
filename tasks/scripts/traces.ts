/** Shows the newest lines of the trace, or with `--check` compares it with what the last `test` sent. */
import { join } from 'node:path';
import { type Context, TaskFailure } from 'zx-tasks';
import { readRun } from '../lib/last-test.ts';
import { readIfThere } from '../lib/read.ts';
import { containerNames, tracesFolder } from '../lib/stack.ts';
import { findGone, traceFile } from '../lib/trace-files.ts';
import { readMarked } from '../lib/trace-lines.ts';
import { compare, formatTable } from '../lib/verify.ts';

export async function run(context: Context): Promise<void> {
  if (context.params.check === true) await checkAgain(context);
  else await showNewest(context, Number(context.params.lines));
}

async function checkAgain(context: Context): Promise<void> {
  const sent = await readRun(context.root);
  if ((await findGone(context.root)).includes(traceFile)) throw noTrace('npx tasks test');
  const verdict = compare(sent, await readMarked(context.root, sent.marker), containerNames.app);
  for (const line of formatTable(verdict)) context.log(line);
  const wrong = verdict.rows.filter((row) => row.problem !== undefined).length + verdict.invented.length;
  if (!verdict.isExact) {
    throw new TaskFailure(
      `${tracesFolder}/${traceFile} differs from what the last \`test\` sent in ${wrong} of ${sent.sent.length} requests`,
      {
        remedy: 'npx tasks test',
      },
    );
  }
  context.log(`${tracesFolder}/${traceFile} has each of the ${sent.sent.length} requests exactly once`);
}

async function showNewest(context: Context, lines: number): Promise<void> {
  const path = join(tracesFolder, traceFile);
  const text = await readIfThere(join(context.root, path));
  if (text === undefined) throw noTrace('npx tasks up');
  for (const line of text.trimEnd().split('\n').slice(-lines)) context.log(line);
}

function noTrace(remedy: string): TaskFailure {
  return new TaskFailure(
    `${tracesFolder}/${traceFile} does not exist: nothing has been traced yet, or it was removed`,
    { remedy },
  );
}
