/** Watches of every kind, as data: what their tasks read and write, and what a person does meanwhile. */
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import type { Project } from './project.ts';

export type WatchedTask = {
  readonly name: string;
  readonly kind: 'run' | 'service';
  readonly needs: readonly string[];
  /** The files that it reads, without what its needs write. */
  readonly reads: readonly string[];
  readonly seconds: number;
};

export type Edit = {
  readonly what: 'write' | 'remove' | 'move' | 'touch' | 'remove-folder' | 'crash' | 'config';
  readonly file: string;
  readonly other: string;
  readonly text: string;
  readonly thenMs: number;
};

export type RandomWatch = {
  readonly tasks: readonly WatchedTask[];
  readonly edits: readonly Edit[];
  readonly jobs: number;
  readonly mode: '' | '--keep-going' | '--fail-fast';
  /** Ctrl-C comes so soon after the last edit; otherwise all is mended first. */
  readonly endsAfterMs: number | undefined;
};

const watchedFiles = ['src/a', 'src/b', 'src/deep/c', 'd'];

const file = fc.constantFrom(...watchedFiles);
const rows = fc.array(
  fc.record({
    kind: fc.constantFrom('run', 'run', 'service'),
    /** How far before it they stand. */
    needs: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    reads: fc.uniqueArray(file, { minLength: 1, maxLength: 2 }),
    seconds: fc.constantFrom(0, 0.1, 0.3),
  }),
  { minLength: 2, maxLength: 6 },
);
const edits = fc.array(
  fc.record({
    what: fc.constantFrom('write', 'write', 'write', 'remove', 'move', 'touch', 'remove-folder', 'crash', 'config'),
    file,
    other: file,
    text: fc.constantFrom('one', 'two', 'three', 'bad'),
    thenMs: fc.constantFrom(0, 30, 200, 900),
  }),
  { minLength: 2, maxLength: 8 },
);

export const randomWatches = fc
  .record({
    rows,
    edits,
    jobs: fc.integer({ min: 1, max: 3 }),
    mode: fc.constantFrom('', '--keep-going', '--fail-fast'),
    endsAfterMs: fc.constantFrom(undefined, undefined, undefined, 0, 100, 400),
  })
  .map(({ rows: all, ...watch }): RandomWatch => {
    const tasks = all.map((row, index) => {
      const needs = row.needs.flatMap((back) => (back <= index ? [`t${index - back}`] : []));
      return { ...row, name: `t${index}`, needs } as WatchedTask;
    });
    return { ...watch, tasks } as RandomWatch;
  });

/** What a task reads, in its order. */
export function readBy({ needs, reads }: WatchedTask, tasks: readonly WatchedTask[]): readonly string[] {
  const made = tasks
    .filter(({ name, kind }) => kind === 'run' && needs.includes(name))
    .map(({ name }) => `out/${name}`);
  return [...reads, ...made];
}

export function filesOfWatch({ tasks }: RandomWatch): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(watchedFiles.map((name) => [name, 'first\n'])),
    'tasks.config.yaml': configOf(tasks, ''),
    'work.sh': work,
    'serve.sh': serve,
  };
}

/** `mark` makes other commands of all. */
function configOf(tasks: readonly WatchedTask[], mark: string): string {
  const lines = tasks.map((task) => {
    const { name, kind, needs, seconds, reads } = task;
    const words = `${name} ${seconds} ${readBy(task, tasks).join(' ')} ${mark}`.trim();
    const own =
      kind === 'run'
        ? { outputs: [`out/${name}`], run: `sh work.sh ${words}`, finally: `echo "last ${name}" >> log` }
        : { service: { run: `exec sh serve.sh ${words}`, ready: { log: '^ready$' } } };
    return `  ${name}: ${JSON.stringify({ needs, inputs: reads, ...own })}\n`;
  });
  return `version: 1\ntasks:\n${lines.join('')}  all: { needs: [${tasks.map(({ name }) => name)}] }\n`;
}

/** Does what a person does; what is not there is left alone. */
export async function doEdit(project: Project, { tasks }: RandomWatch, edit: Edit): Promise<void> {
  const path = project.path(edit.file);
  const steps: Readonly<Record<Edit['what'], () => Promise<unknown>>> = {
    write: () => writeFile(path, `${edit.text}\n`),
    remove: () => rm(path),
    move: () => rename(path, project.path(edit.other)),
    touch: () => utimes(path, new Date(), new Date()),
    'remove-folder': () => rm(dirname(project.path('src/deep/c')), { recursive: true }),
    crash: async () => process.kill((await servicesUp(project)).at(-1)?.pid ?? 0x7f_ff_ff_ff, 'SIGKILL'),
    config: () => writeFile(project.path('tasks.config.yaml'), configOf(tasks, `# ${edit.text}`)),
  };
  await steps[edit.what]().catch((error: NodeJS.ErrnoException) => {
    if (!['ENOENT', 'ESRCH'].includes(error.code ?? '')) throw error;
  });
}

/** Writes each file anew, so that every task can succeed. */
export async function mendAll(project: Project, text: string): Promise<void> {
  for (const name of watchedFiles) {
    await mkdir(dirname(project.path(name)), { recursive: true });
    await writeFile(project.path(name), `${text} of ${name}\n`);
  }
}

export type Up = { readonly name: string; readonly pid: number };

/** The services that say they are up, by what they and the test have told, and run. */
export async function servicesUp(project: Project): Promise<readonly Up[]> {
  const log = await readFile(project.path('log'), 'utf8').catch(() => '');
  const told = [...log.matchAll(/^up (\w+) (\d+)$/gm)].map(([, name = '', pid]) => ({ name, pid: Number(pid) }));
  return told.filter(({ pid }) => isThere(pid));
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const read = `text=$(for file in "$@"; do cat "$file" 2>/dev/null; done)
`;
const work = `name=$1 seconds=$2
shift 2
trap 'echo "ends $name" >> log; exit 9' INT TERM
echo "begins $name" >> log
${read}sleep "$seconds"
echo "ends $name" >> log
case $text in *bad*) exit 3 ;; esac
mkdir -p out
echo "$text" > "out/$name"
`;
const serve = `name=$1
shift 2
trap 'echo "down $name" >> log; exit 0' TERM
${read}echo "up $name $$" >> log
case $text in *bad*) exit 4 ;; esac
echo "$text" > "read-$name"
echo ready
while :; do sleep 0.05; done
`;
