/** Runs of every kind: as data, so that a failing one can be read and repeated. Their tasks tell in the file `log` what they do. */
import fc from 'fast-check';

export type RandomTask = {
  readonly name: string;
  readonly kind: 'run' | 'service' | 'name';
  /** It has `inputs`: a service that only such tasks need starts when one of them has to run. */
  readonly isTracked: boolean;
  readonly needs: readonly string[];
  /** So many of its tries fail, with this code. */
  readonly fails: number;
  readonly code: number;
  readonly retries: number;
  readonly hasLastStep: boolean;
  readonly lock: string | undefined;
  readonly weight: number;
  readonly seconds: number;
  readonly sign: 'log' | 'command';
  /** A service that ends by itself soon after it is ready. */
  readonly dies: boolean;
};

export type RandomRun = {
  readonly tasks: readonly RandomTask[];
  readonly words: readonly string[];
  readonly jobs: number;
  readonly mode: '' | '--keep-going' | '--fail-fast';
  readonly interrupt: undefined | { readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'; readonly afterMs: number };
};

const rows = fc.array(
  fc.record({
    kind: fc.constantFrom('run', 'run', 'run', 'service', 'service', 'name'),
    isTracked: fc.boolean(),
    /** How far before it they stand. */
    needs: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    fails: fc.constantFrom(0, 0, 0, 1, 2, 9),
    code: fc.integer({ min: 3, max: 60 }),
    retries: fc.constantFrom(0, 0, 1, 2),
    hasLastStep: fc.boolean(),
    lock: fc.constantFrom(undefined, undefined, 'x', 'y'),
    weight: fc.constantFrom(1, 1, 2, 3),
    seconds: fc.constantFrom(0, 0.05, 0.2),
    sign: fc.constantFrom('log', 'command'),
    dies: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 3, maxLength: 7 },
);

/** It needs all others. */
const wholeTask: RandomTask = {
  name: 'all',
  kind: 'run',
  isTracked: true,
  needs: [],
  fails: 0,
  code: 1,
  retries: 0,
  hasLastStep: true,
  lock: undefined,
  weight: 1,
  seconds: 0,
  sign: 'log',
  dies: false,
};

/** Any such run. One that would keep a service up is interrupted in the end. */
export const randomRuns = fc
  .record({
    rows,
    words: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
    jobs: fc.integer({ min: 1, max: 4 }),
    mode: fc.constantFrom('', '--keep-going', '--fail-fast'),
    signal: fc.constantFrom('SIGINT', 'SIGTERM', 'SIGHUP'),
    isInterrupted: fc.constantFrom(false, false, true),
    afterMs: fc.integer({ min: 0, max: 1_000 }),
  })
  .map(({ words, jobs, mode, signal, isInterrupted, afterMs, ...run }): RandomRun => {
    const parts = run.rows.map((row, index) => {
      const needs = row.needs.flatMap((back) => (back <= index ? [`t${index - back}`] : []));
      return { ...row, name: `t${index}`, needs } as RandomTask;
    });
    const tasks = [...parts, { ...wholeTask, needs: parts.map(({ name }) => name) }];
    const chosen = words.map((at) => parts[at]?.name ?? wholeTask.name);
    const goesOn = askedServices(tasks, chosen.at(-1) ?? '').length > 0;
    const interrupt = isInterrupted ? { signal, afterMs } : goesOn ? { signal, afterMs: afterMs + 1_000 } : undefined;
    return { tasks, words: chosen, jobs, mode, interrupt } as RandomRun;
  });

/** The services that a word asks for, itself or by a name that only stands for them. */
export function askedServices(tasks: readonly RandomTask[], word: string): readonly string[] {
  const task = tasks.find(({ name }) => name === word);
  if (task?.kind === 'name') return task.needs.flatMap((name) => askedServices(tasks, name));
  return task?.kind === 'service' ? [task.name] : [];
}

/** The project of such a run. */
export function filesOf({ tasks }: RandomRun): Readonly<Record<string, string>> {
  const config = tasks.map((task) => {
    const { name, needs, fails, code, seconds, dies, sign } = task;
    const work = {
      name: {},
      run: { run: `sh work.sh ${name} ${fails} ${code} ${seconds}`, ...(task.lock ? { lock: task.lock } : {}) },
      service: {
        service: {
          run: `exec sh serve.sh ${name} ${fails} ${code} ${seconds} ${dies ? 0.3 : 1_000}`,
          ready: sign === 'log' ? { log: `^ready ${name}$` } : { command: `test -e up-${name}` },
        },
      },
    }[task.kind];
    const retry = task.retries > 0 ? { retry: { times: task.retries, backoff: '10ms' } } : {};
    const inputs = task.isTracked && task.kind === 'run' ? { inputs: ['work.sh'] } : {};
    const more = { weight: task.weight, ...inputs, ...retry };
    const last = task.hasLastStep ? { finally: `echo "last ${name}" >> log` } : {};
    return `  ${name}: ${JSON.stringify(task.kind === 'name' ? { needs } : { needs, ...work, ...more, ...last })}\n`;
  });
  return { 'tasks.config.yaml': `version: 1\ntasks:\n${config.join('')}`, 'work.sh': work, 'serve.sh': serve };
}

const begin = `trap 'rm -f "up-$1"; echo "ends $1 asked" >> log; exit 9' INT TERM HUP
echo "begins $1" >> log
echo x >> "tries-$1"
sleep "$4"
if [ "$(wc -l < "tries-$1")" -le "$2" ]; then echo "ends $1 failed" >> log; exit "$3"; fi
`;
const work = `${begin}echo "ends $1 well" >> log\n`;
const serve = `${begin}echo "ready $1" >> log
echo "ready $1"
touch "up-$1"
sleep "$5" & wait $!
rm "up-$1"
echo "ends $1 alone" >> log
exit "$3"
`;
