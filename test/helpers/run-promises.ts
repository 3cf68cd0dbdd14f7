/** What is promised of every run, whatever is in it: looked for in its events and in what its tasks have told. */
import { askedServices, type RandomRun, type RandomTask } from './random-run.ts';

export type RunEvent = {
  readonly type: string;
  readonly task?: string;
  readonly exit?: number;
  readonly reason?: string;
  readonly end?: { readonly state: string; readonly failure?: { readonly exit: number } };
};
/** A line of `log`: `begins`, `ready`, `ends` or `last`, of which task, and how it ended. */
type Line = { readonly at: number; readonly what: string; readonly name: string; readonly how: string | undefined };
type Ended = { readonly events: readonly RunEvent[]; readonly log: string; readonly exit: number | null };

const numbers = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** The promises that a run has broken, in words. */
export function brokenPromises(run: RandomRun, { events, log, exit }: Ended): readonly string[] {
  const broken: string[] = [];
  const unless = (holds: boolean, promise: string): void => void (holds || broken.push(promise));
  const lines = log.split('\n').flatMap((text, at): Line[] => {
    const [what = '', name = '', how] = text.split(' ');
    return what === '' ? [] : [{ at, what, name, how }];
  });
  const planned = closureOf(run.tasks, run.words);
  const indexOf = (type: string, task?: string): number => {
    const found = events.findIndex((event) => event.type === type && (task === undefined || event.task === task));
    return found === -1 ? Infinity : found;
  };
  const endOf = ({ name }: RandomTask) => events[indexOf('task-finished', name)]?.end;
  const linesOf = ({ name }: RandomTask): readonly Line[] => lines.filter((line) => line.name === name);

  // The end of the run.
  const interruptedAt = indexOf('interrupted');
  const failures = events.flatMap(({ end }) => (end?.failure === undefined ? [] : [end.failure.exit]));
  const code = interruptedAt < Infinity && run.interrupt ? numbers[run.interrupt.signal] : (failures[0] ?? 0);
  // A signal that comes when all is told ends what is left of the program.
  const wasTooLate = run.interrupt !== undefined && interruptedAt === Infinity && exit === null;
  unless(exit === code || wasTooLate, `the exit code is ${exit}, not ${code}`);
  unless(events.at(-1)?.type === 'run-finished' && events.at(-1)?.exit === code, 'the last line of JSON tells the end');

  // Each task.
  const firstFailureAt = events.findIndex(({ end }) => end?.state === 'failed');
  const failureEndsRun = firstFailureAt !== -1 && run.mode !== '--keep-going';
  const overAt = Math.min(interruptedAt, failureEndsRun ? firstFailureAt : Infinity);
  const isCalm = interruptedAt === Infinity && run.mode === '--keep-going' && !planned.some(({ dies }) => dies);
  for (const task of planned) {
    const { name } = task;
    const own = linesOf(task);
    const startedAt = indexOf('task-started', name);
    const state = endOf(task)?.state ?? 'not told';
    const ends = events.filter((event) => event.type === 'task-finished' && event.task === name);
    unless(ends.length === 1, `${name} is told to have ended ${ends.length} times`);
    unless(startedAt === Infinity || startedAt < overAt, `${name} is started when the run is over`);
    unless(state !== 'not-started' || own.length === 0, `${name} is told not to have started`);
    const tries = own.filter(({ what }) => what === 'begins').length;
    unless(tries <= 1 + task.retries, `${name} is tried ${tries} times`);
    const work = own.filter(({ what }) => what !== 'last');
    const hasEndedWell = task.kind !== 'run' || work.at(-1)?.how === 'well';
    unless(state !== 'done' || hasEndedWell, `${name} is told to be done`);
    const lastSteps = own.filter(({ what }) => what === 'last');
    const wanted = task.hasLastStep && task.kind !== 'name' && startedAt < Infinity ? 1 : 0;
    unless(lastSteps.length === wanted, `${name} has done its last step ${lastSteps.length} times, not ${wanted}`);
    unless(
      lastSteps.every(({ at }) => at > (work.at(-1)?.at ?? -1)),
      `${name} works after its last step`,
    );
    const isOpen = tries !== own.filter(({ what }) => what === 'ends').length;
    unless(!isOpen, `${name} was not let end`);
    const isIdle = task.kind === 'service' && state === 'skipped';
    unless(!isIdle || own.length === 0, `${name} is told to be skipped`);
    // One that starts meanwhile is stopped once nothing that needs it is left to run.
    const isUnneeded = isIdle || (task.kind === 'service' && state === 'cancelled');
    const isAsExpected = isUnneeded ? !isWanted(run, task) : state === expected(run.tasks, task);
    if (isCalm) unless(isAsExpected, `${name} is ${state}, not ${expected(run.tasks, task)}`);

    // What it waits for: its needs, and the words before it.
    const first = own[0]?.at ?? Infinity;
    for (const need of closureOf(run.tasks, task.needs)) {
      const isThere = linesOf(need).some(({ what, at, how }) => at < first && (what === 'ready' || how === 'well'));
      unless(first === Infinity || need.kind === 'name' || isThere, `${name} begins before ${need.name}`);
      if (need.kind !== 'service') continue;
      const stopped = linesOf(need).find(({ what, how, at }) => what === 'ends' && how === 'asked' && at > first);
      unless((stopped?.at ?? Infinity) > (own.at(-1)?.at ?? -1), `${need.name} is stopped before ${name} has ended`);
    }
    for (const word of wordsBefore(run, name)) {
      const mayGoOn = askedServices(run.tasks, word).includes(word);
      const isOverAt = Math.min(indexOf('task-finished', word), mayGoOn ? indexOf('service-ready', word) : Infinity);
      unless(startedAt === Infinity || isOverAt < startedAt, `${name} begins before the word ${word} has ended`);
    }
  }

  // What tasks share. A service takes its jobs until it is ready.
  const spans = planned.flatMap((task) => {
    const own = linesOf(task).filter(({ what }) => task.kind !== 'service' || what !== 'last');
    const to = (task.kind === 'service' ? own.find(({ what }) => what === 'ready') : undefined) ?? own.at(-1);
    return own[0] === undefined || to === undefined ? [] : [{ task, from: own[0].at, to: to.at }];
  });
  for (const { task, from } of spans) {
    const beside = spans.filter((other) => other.from <= from && from < other.to && other.task !== task);
    const rivals = beside.filter((other) => isRun(task) && isRun(other.task) && other.task.lock === task.lock);
    unless(
      task.lock === undefined || rivals.length === 0,
      `${task.name} holds a lock that ${rivals[0]?.task.name} holds`,
    );
    const taken = [task, ...beside.map((other) => other.task)].map(({ weight }) => Math.min(weight, run.jobs));
    unless(sum(taken) <= run.jobs, `at the begin of ${task.name} ${sum(taken)} of ${run.jobs} jobs are taken`);
  }
  return broken;
}

/** How a task ends where all that can run does, and nothing comes between. */
function expected(tasks: readonly RandomTask[], { needs, fails, retries, kind }: RandomTask): string {
  const before = tasks.filter(({ name }) => needs.includes(name));
  if (before.some((need) => expected(tasks, need) !== 'done')) return 'not-started';
  return kind !== 'name' && fails > retries ? 'failed' : 'done';
}

/** Whether a service has to start because it was asked for, or because of something that needs it and ends by itself. */
function isWanted({ tasks, words }: RandomRun, { name }: RandomTask): boolean {
  const needers = closureOf(tasks, words).filter(
    ({ kind, needs }) => kind === 'run' && closureOf(tasks, needs).some((need) => need.name === name),
  );
  const isAsked = words.some((word) => askedServices(tasks, word).includes(name));
  return isAsked || needers.some((task) => expected(tasks, task) !== 'not-started');
}

/** The tasks of these names and all that they need. */
function closureOf(tasks: readonly RandomTask[], names: readonly string[]): readonly RandomTask[] {
  const own = tasks.filter(({ name }) => names.includes(name));
  return [...new Set([...own.flatMap(({ needs }) => closureOf(tasks, needs)), ...own])];
}

/** The words that stand before the first one that asks for a task, itself or through others. */
function wordsBefore({ tasks, words }: RandomRun, name: string): readonly string[] {
  return words.slice(
    0,
    words.findIndex((word) => closureOf(tasks, [word]).some((task) => task.name === name)),
  );
}

function isRun({ kind }: RandomTask): boolean {
  return kind === 'run';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
