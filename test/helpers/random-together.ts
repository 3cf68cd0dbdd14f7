/** Several runs at once in one checkout, as data. Their tasks tell in the file `log` where one meets another that it should not. */
import fc from 'fast-check';

export type SharedTask = {
  readonly name: string;
  readonly kind: 'run' | 'service';
  readonly needs: readonly string[];
  readonly lock: string | undefined;
  readonly seconds: number;
  /** It has inputs and an output. */
  readonly isTracked: boolean;
};

export type OneRun = {
  readonly words: readonly string[];
  readonly flags: string;
  /** So long after the one before. */
  readonly afterMs: number;
  readonly end: undefined | { readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'; readonly afterMs: number };
};

export type RandomTogether = { readonly tasks: readonly SharedTask[]; readonly runs: readonly OneRun[] };

const rows = fc.array(
  fc.record({
    kind: fc.constantFrom('run', 'run', 'service'),
    /** How far before it they stand. */
    needs: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    lock: fc.constantFrom(undefined, undefined, 'x', 'y'),
    seconds: fc.constantFrom(0, 0.1, 0.4),
    isTracked: fc.boolean(),
  }),
  { minLength: 3, maxLength: 6 },
);
const starts = fc.array(
  fc.record({
    words: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 2 }),
    flags: fc.constantFrom('', '--keep-going', '--force', '--jobs=1'),
    afterMs: fc.constantFrom(0, 20, 100, 600),
    signal: fc.constantFrom('SIGINT', 'SIGTERM', 'SIGKILL', 'SIGKILL'),
    isEnded: fc.constantFrom(false, false, true),
    endMs: fc.integer({ min: 50, max: 1_500 }),
  }),
  { minLength: 2, maxLength: 3 },
);

/** Any such runs. One that keeps a service up is ended in any case. */
export const randomTogether = fc.record({ rows, starts }).map(({ rows: all, starts: some }): RandomTogether => {
  const tasks = all.map((row, index) => {
    const needs = row.needs.flatMap((back) => (back <= index ? [`t${index - back}`] : []));
    return { ...row, name: `t${index}`, needs } as SharedTask;
  });
  const runs = some.map(({ words, flags, afterMs, signal, isEnded, endMs }) => {
    const names = [...new Set(words.map((at) => tasks[at]?.name ?? 'all'))];
    const goesOn = tasks.some(({ name, kind }) => name === names.at(-1) && kind === 'service');
    const end = goesOn || isEnded ? { signal, afterMs: endMs + (goesOn ? 1_000 : 0) } : undefined;
    return { words: names, flags, afterMs, end } as OneRun;
  });
  return { tasks, runs };
});

export function filesOfRuns({ tasks }: RandomTogether): Readonly<Record<string, string>> {
  const lines = tasks.map(({ name, kind, needs, lock, seconds, isTracked }) => {
    const tracked = isTracked ? { inputs: ['in'], outputs: [`out-${name}`], cache: false } : {};
    const own =
      kind === 'service'
        ? { service: { run: `exec sh serve.sh ${name}`, ready: { log: '^ready$' } } }
        : { run: `sh work.sh ${name} lock-${lock ?? name} ${seconds}`, ...(lock ? { lock } : {}), ...tracked };
    return `  ${name}: ${JSON.stringify({ needs, ...own })}\n`;
  });
  const names = tasks.map(({ name }) => name);
  // It ends with a command, so that no service is kept up.
  const all = `  all: { needs: [${names}], run: 'true' }\n`;
  return {
    'tasks.config.yaml': `version: 1\ntasks:\n${lines.join('')}${all}`,
    in: '',
    'work.sh': work,
    'serve.sh': serve,
  };
}

/** What somebody holds who has been killed is free. */
const hold = `hold() {
  ln -s $$ "held-$1" 2>/dev/null && return
  [ "$(readlink "/proc/$(readlink "held-$1")/cwd")" = "$PWD" ] && echo "two hold $1" >> log
  ln -sfn $$ "held-$1"
}
`;
const work = `${hold}trap 'rm -f "held-$1" "held-$2"; exit 9' INT TERM
hold "$1"
hold "$2"
echo half > "out-$1"
sleep "$3"
echo whole > "out-$1"
rm "held-$1" "held-$2"
`;
const serve = `${hold}trap 'sleep 0.05; rm "held-$1"; exit 0' TERM
hold "$1"
sleep 0.05
echo ready
while :; do sleep 0.05; done
`;
