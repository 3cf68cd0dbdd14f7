import { messageOf } from '../errors.ts';
import type { CheckReport, Evidence } from '../events.ts';
import { makeErrorPrints } from '../foreign-code/error-prints.ts';
import { runAs } from '../foreign-code/owner.ts';
import type { Uncaught } from '../host.ts';
import { askToEnd } from '../process/cancellation.ts';
import type { Check, CheckResult } from '../script.ts';
import { makeProbe, type Surroundings } from './probe.ts';
import { couldNot, reportOn } from './report.ts';
import { makeScratch } from './scratch.ts';

const defaultTimeoutMs = 10_000;
const graceMs = 500;
const outcomes: readonly string[] = ['pass', 'warn', 'fail', 'skip', 'could-not-check'];

/** Runs one check. One that throws, hangs or answers nonsense is a result too: it could not be checked. */
export async function runCheck(check: Check, surroundings: Surroundings): Promise<CheckReport> {
  const { host } = surroundings;
  const startedMs = host.clockMs();
  const evidence: Evidence[] = [];
  const result = await answerOf(check, surroundings, evidence);
  return reportOn(check, result, { evidence, tookMs: Math.round(host.clockMs() - startedMs) });
}

async function answerOf(check: Check, surroundings: Surroundings, evidence: Evidence[]): Promise<CheckResult> {
  const limitMs = check.timeoutMs ?? defaultTimeoutMs;
  const timeout = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, timeout.signal]);
  const isCancelled = new Promise<CheckResult>((resolve) => {
    const onAbort = (): void =>
      resolve(couldNot(timeout.signal.aborted ? `it took longer than ${limitMs / 1_000} s` : 'interrupted'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  const strays = makeStrays(check, surroundings.host);
  const timer = setTimeout(() => timeout.abort(askToEnd('timed-out', graceMs)), limitMs);
  await using scratch = makeScratch();
  try {
    const probe = makeProbe({ ...surroundings, signal, scratch, onEvidence: (row) => evidence.push(row) });
    const answer = runAs(surroundings.host, strays.owner, async () => await check.run(probe));
    return judge(await Promise.race([answer, strays.thrown, isCancelled]));
  } catch (thrown) {
    return couldNot(`the check crashed: ${messageOf(thrown)}`);
  } finally {
    clearTimeout(timer);
    strays.close();
  }
}

/** What a check throws in a callback is its result, as long as it has none. */
function makeStrays({ name }: Pick<Check, 'name'>, host: Parameters<typeof makeErrorPrints>[0]) {
  const prints = makeErrorPrints(host);
  let isOver = false;
  let fail: (thrown: unknown) => void = () => undefined;
  const thrown = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const onStray = (stray: unknown): Uncaught => {
    if (isOver)
      return { text: `check \`${name}\` has ended, but something that it did not await failed: ${messageOf(stray)}` };
    fail(stray);
    return 'heard';
  };
  const close = (): void => {
    isOver = true;
    prints.end();
  };
  return { owner: { name: `check \`${name}\``, onStray, onPrint: prints.onPrint }, thrown, close };
}

function judge(result: CheckResult | undefined): CheckResult {
  const isResult =
    typeof result === 'object' && outcomes.includes(result.outcome) && typeof result.summary === 'string';
  return isResult ? result : couldNot('the check returned no result');
}
