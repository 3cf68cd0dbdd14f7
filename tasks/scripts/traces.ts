/** Shows the newest lines of the trace, or with `--check` compares it with what the last `test` sent. */
import { join } from 'node:path';
import { type Context, TaskFailure } from 'zx-tasks';
import { TEXT_TRACE } from '../../container/profiler/src/file-names.ts';
import { readRun } from '../lib/last-test.ts';
import { readIfThere } from '../lib/read.ts';
import { containerNames, tracePath } from '../lib/stack.ts';
import { findGone } from '../lib/trace-files.ts';
import { readMarked } from '../lib/trace-lines.ts';
import { compare, formatTable } from '../lib/verify.ts';

export async function run(context: Context): Promise<void> {
  if (context.params.check === true) await checkAgain(context);
  else await showNewest(context, Number(context.params.lines));
}

async function checkAgain(context: Context): Promise<void> {
  const sent = await readRun(context.root);
  if ((await findGone(context.root)).includes(TEXT_TRACE)) throw noTrace('npx tasks test');
  const verdict = compare(sent, await readMarked(context.root, sent.marker), containerNames.app);
  for (const line of formatTable(verdict)) context.log(line);
  if (verdict.wrong > 0) {
    throw new TaskFailure(
      `${tracePath} differs from what the last \`test\` sent in ${verdict.wrong} of ${sent.sent.length} requests`,
      {
        remedy: 'npx tasks test',
      },
    );
  }
  context.log(`${tracePath} has each of the ${sent.sent.length} requests exactly once`);
}

async function showNewest(context: Context, lines: number): Promise<void> {
  if (lines < 1)
    throw new TaskFailure(`\`--lines\` is how many lines to show, from 1 on, and not ${lines}`, {
      remedy: 'npx tasks traces',
      exitCode: 2,
    });
  const text = await readIfThere(join(context.root, tracePath));
  if (text === undefined) throw noTrace('npx tasks up');
  for (const line of text.trimEnd().split('\n').slice(-lines)) context.log(line);
}

function noTrace(remedy: string): TaskFailure {
  return new TaskFailure(`${tracePath} does not exist: nothing has been traced yet, or it was removed`, { remedy });
}
