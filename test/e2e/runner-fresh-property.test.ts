/** Random graphs and random edits: outputs are always those of a clean build, and what is skipped is exactly what has not changed. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

const runs = Number(process.env.TASKS_TEST_RUNS ?? 3);
const names = ['a', 'b', 'c', 'd'] as const;
type Name = (typeof names)[number];

/** What each task needs, of those before it. */
type Graph = Readonly<Record<Name, readonly Name[]>>;
type Files = Map<string, string>;
/** A project as it should be: sources, the version in each command, and what each task last ran with. */
type Model = { readonly sources: Files; readonly versions: Map<Name, number>; readonly last: Map<Name, string> };

type Edit = (project: Project, model: Model) => Promise<void>;

const graphs: fc.Arbitrary<Graph> = fc.record({
  a: fc.constant([]),
  b: fc.subarray(['a']),
  c: fc.subarray(['a', 'b']),
  d: fc.subarray(['a', 'b', 'c']),
}) as fc.Arbitrary<Graph>;

const task = fc.constantFrom(...names);
const file = fc.constantFrom('1', '2', '3 x');
const text = fc.constantFrom('x\n', 'y\n', 'z\n', '');
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(task, file, text).map(([of, name, content]): Edit => write(`src/${of}/${name}`, content)),
  fc
    .tuple(task, file, text)
    .map(([of, name, content]): Edit => write(`src/${of}/${name}`, content, new Date('2001-01-01'))),
  fc.tuple(task, file).map(([of, name]): Edit => remove(`src/${of}/${name}`)),
  fc.tuple(task, file, task, file).map(([from, one, to, two]): Edit => move(`src/${from}/${one}`, `src/${to}/${two}`)),
  task.map(
    (of): Edit =>
      async (_, { versions }) =>
        void versions.set(of, ((versions.get(of) ?? 0) + 1) % 2),
  ),
  fc
    .tuple(task, file)
    .map(([of, name]): Edit => spoil(of, (project) => rm(project.path(`out/${of}/${name}`), { force: true }))),
  task.map((of): Edit => spoil(of, (project) => rm(project.path(`out/${of}`), { recursive: true, force: true }))),
  task.map((of): Edit => spoil(of, (project) => project.write(`out/${of}/sum`, 'by hand\n'))),
);

const timeout = 60_000 + runs * 20_000;

test('outputs are always those of a clean build, and a task is skipped exactly when nothing relevant has changed', {
  timeout,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      graphs,
      fc.array(fc.array(edits, { maxLength: 3 }), { minLength: 3, maxLength: 6 }),
      async (graph, rounds) => {
        await using project = await createProject({ 'src/a/1': 'x\n', 'src/d/1': 'y\n' });
        const model: Model = {
          sources: new Map([
            ['src/a/1', 'x\n'],
            ['src/d/1', 'y\n'],
          ]),
          versions: new Map(),
          last: new Map(),
        };
        for (const round of [[], ...rounds, []]) {
          for (const edit of round) await edit(project, model);
          await runAndCompare(project, graph, model);
        }
      },
    ),
    { numRuns: runs, endOnFailure: true },
  );
});

async function runAndCompare(project: Project, graph: Graph, model: Model): Promise<void> {
  await project.write('tasks.config.yaml', configOf(graph, model.versions));
  const { expected, signatures } = cleanBuild(graph, model);
  const mayBeSkipped = names.filter((name) => model.last.get(name) === signatures.get(name));
  const { exit, stdout } = await project.run('all --output=json');
  expect(exit, stdout).toBe(0);
  expect(skippedIn(stdout)).toEqual(mayBeSkipped);
  expect(await filesIn(project, 'out')).toEqual(expected);
  for (const [name, signature] of signatures) model.last.set(name, signature);
}

function configOf(graph: Graph, versions: Model['versions']): string {
  const tasks = names.map((name) => {
    const sums = graph[name].map((need) => `out/${need}/sum`).join(' ');
    const run = [
      `mkdir -p out/${name} src/${name}`,
      `for f in src/${name}/*; do if [ -e "$f" ]; then cp "$f" out/${name}/; fi; done`,
      `echo ${versions.get(name) ?? 0} | cat - ${sums} > out/${name}/sum.new`,
      `for f in src/${name}/*; do if [ -e "$f" ]; then cat "$f" >> out/${name}/sum.new; fi; done`,
      `sha256sum < out/${name}/sum.new | cut -c1-64 > out/${name}/sum; rm out/${name}/sum.new`,
    ];
    const fields = { needs: graph[name], inputs: [`src/${name}/**`], outputs: [`out/${name}`], run };
    return `  ${name}: ${JSON.stringify(fields)}\n`;
  });
  return `version: 1\ntasks:\n${tasks.join('')}  all: { needs: [a, b, c, d] }\n`;
}

/** What the commands of the config do, without them: the outputs, and for each task what they depend on. */
function cleanBuild(graph: Graph, { sources, versions }: Model) {
  const expected: Record<string, string> = {};
  const signatures = new Map<Name, string>();
  for (const name of names) {
    const own = [...sources].filter(([path]) => path.startsWith(`src/${name}/`)).sort(([a], [b]) => (a < b ? -1 : 1));
    const sums = graph[name].map((need) => expected[`out/${need}/sum`] ?? '');
    const content = [`${versions.get(name) ?? 0}\n`, ...sums, ...own.map(([, body]) => body)].join('');
    for (const [path, body] of own) expected[path.replace('src/', 'out/')] = body;
    expected[`out/${name}/sum`] = `${createHash('sha256').update(content).digest('hex')}\n`;
    const needed = graph[name].flatMap((need) =>
      Object.entries(expected).filter(([path]) => path.startsWith(`out/${need}/`)),
    );
    signatures.set(name, JSON.stringify([versions.get(name) ?? 0, own, needed]));
  }
  return { expected, signatures };
}

function skippedIn(stdout: string): readonly string[] {
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; task: string; end?: { state: string } });
  return events
    .flatMap(({ type, task: name, end }) => (type === 'task-finished' && end?.state === 'skipped' ? [name] : []))
    .sort();
}

async function filesIn(project: Project, folder: string): Promise<Record<string, string>> {
  const entries = await readdir(project.path(folder), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  const texts = await Promise.all(
    paths.map(async (path) => [path.slice(project.folder.length + 1), await readFile(path, 'utf8')]),
  );
  return Object.fromEntries(texts) as Record<string, string>;
}

function write(path: string, content: string, at?: Date): Edit {
  return async (project, { sources }) => {
    await project.write(path, content);
    if (at !== undefined) await utimes(project.path(path), at, at);
    sources.set(path, content);
  };
}

function remove(path: string): Edit {
  return async (project, { sources }) => {
    await rm(project.path(path), { force: true });
    sources.delete(path);
  };
}

function move(from: string, to: string): Edit {
  return async (project, { sources }) => {
    const content = sources.get(from);
    if (content === undefined || from === to) return;
    await project.write(to, '');
    await rename(project.path(from), project.path(to));
    sources.delete(from);
    sources.set(to, content);
  };
}

/** Something happens to an output: then the task is not up to date, whatever its inputs are. */
function spoil(of: Name, harm: (project: Project) => Promise<void>): Edit {
  return async (project, { last }) => {
    const before = JSON.stringify(await filesIn(project, 'out').catch(() => ({})));
    await harm(project);
    const after = JSON.stringify(await filesIn(project, 'out').catch(() => ({})));
    if (before !== after) last.delete(of);
  };
}
