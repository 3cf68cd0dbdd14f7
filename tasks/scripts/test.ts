/** Sends requests, then proves that the trace has each of them exactly once. */
import { type Context, TaskFailure } from 'zx-tasks';
import { explainMissing } from '../lib/explain.ts';
import { keepRun } from '../lib/last-test.ts';
import { appPort, containerNames, tracePath } from '../lib/stack.ts';
import { readMarked } from '../lib/trace-lines.ts';
import { type Run, sendTraffic } from '../lib/traffic.ts';
import { compare, formatTable, type Verdict } from '../lib/verify.ts';

const TRACED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 50;

export async function run(context: Context): Promise<void> {
  const sent = await sendTraffic(appPort(context.env));
  await keepRun(context.root, sent);
  const verdict = await awaitTrace(context, sent);
  for (const line of formatTable(verdict)) context.log(line);
  if (verdict.wrong > 0) await fail(context, sent, verdict.wrong);
  context.log(`${sent.sent.length} requests sent, each traced exactly once in ${tracePath}`);
}

/** Looks until the trace is exact; one more look then catches what was written twice. */
async function awaitTrace(context: Context, sent: Run): Promise<Verdict> {
  const deadline = context.now() + TRACED_WITHIN_MS;
  const look = async () => compare(sent, await readMarked(context.root, sent.marker), containerNames.app);
  for (;;) {
    const verdict = await look();
    if (context.now() > deadline) return verdict;
    await context.sleep(LOOK_EVERY_MS);
    if (verdict.wrong === 0) return look();
  }
}

async function fail(context: Context, sent: Run, wrong: number): Promise<never> {
  const broken = await explainMissing(context, await context.engine(), sent);
  throw new TaskFailure(
    `${wrong} of ${sent.sent.length} requests are not in the trace as they were sent: ${broken.link}`,
    { remedy: broken.remedy },
  );
}
