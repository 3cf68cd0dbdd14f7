/** The system refuses one call after another, or the runner is killed at one: what a run says of that, and what it leaves behind. */
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, createProject, type Project } from '../helpers/project.ts';

const config = `version: 1
tasks:
  one: { inputs: [src/a], outputs: ['out/*'], run: 'mkdir -p out; cp src/a out/one; ln -s one out/link' }
  two: { needs: [one], lock: board, run: 'echo two', finally: echo last }
  three: { needs: [one, two], lock: board, inputs: [], outputs: [three], run: 'cat out/link > three' }
`;

/** What a run does to the disk. */
const changing = ['mkdir', 'rename', 'symlink', 'unlink', 'openat', 'readlink', 'chmod'];
/** Only of `openat` there are more than those of the project, from the start of Node on. */
const ofProject = /p\/(?:\.tasks|out|three)/;

/** All take minutes; `ci/full` tries them. */
const every = process.env.TASKS_TEST_CALLS === 'all' ? 1 : 4;

const isTraced = spawnSync('strace', ['-c', 'true']).status === 0;

for (const [how, injection] of Object.entries({ refused: 'error=EIO', 'the last before a kill': 'signal=KILL' }))
  test.skipIf(!isTraced)(
    `whatever call is ${how}, the next run gives the right outputs`,
    { timeout: 300_000 },
    async () => {
      await using project = await createProject({ 'p/tasks.config.yaml': config, 'p/src/a': 'old\n' });
      expect((await project.run('three', { cwd: 'p' })).exit).toBe(0);
      await project.write('p/src/a', 'new\n');
      const calls = await callsOf(project);
      // In a folder of its own each, some at a time.
      const first = Date.now() % every;
      const queue = [...calls.entries()].filter(([index]) => index % every === first);
      const work = async (): Promise<void> => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) await tryOne(project, next, injection);
      };
      for (const done of await Promise.allSettled([work(), work(), work()]))
        if (done.status === 'rejected') throw done.reason;
    },
  );

type Call = { readonly name: string; readonly nth: number; readonly text: string };

async function callsOf(project: Project): Promise<readonly Call[]> {
  const { lines } = await trace(project, 'base', ['-e', `trace=${changing.join(',')}`]);
  const counts = new Map<string, number>();
  const calls = lines.flatMap((text): readonly Call[] => {
    const name = /^[a-z]+/.exec(text)?.[0] ?? '';
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    const changes = name !== 'openat' || text.includes('O_CREAT');
    return ofProject.test(text) && changes ? [{ name, nth, text }] : [];
  });
  expect(calls.length).toBeGreaterThan(20);
  return calls;
}

async function tryOne(project: Project, [index, call]: [number, Call], injection: string): Promise<void> {
  const folder = `at-${index}`;
  const { exit, output } = await trace(project, folder, [
    ...['-e', `trace=${call.name}`, '-e', `inject=${call.name}:${injection}:when=${call.nth}`],
  ]);
  const where = `${call.text}: ${output}`;
  expect(output, where).not.toMatch(/a bug in tasks|^ {4}at /m);
  if (injection.startsWith('error')) {
    expect([0, 1, 4], where).toContain(exit);
    if (exit === 0) expect(await outputsOf(project, folder), where).toEqual(['new\n', 'new\n']);
    else expect(output, where).toMatch(/EIO: i\/o error, \w+ '/);
    expect(await leftovers(project, folder), where).toEqual([]);
  }
  const next = await project.run('three', { cwd: `${folder}/p` });
  expect(next.exit, where + next.stdout).toBe(0);
  expect(await outputsOf(project, folder), where).toEqual(['new\n', 'new\n']);
  const last = await project.run('three --explain', { cwd: `${folder}/p` });
  expect(last.stdout, where).toContain('1 done, 2 skipped');
  await rm(project.path(folder), { recursive: true });
}

/** Runs the tasks in a copy of the project, in which the system does what `strace` says. */
async function trace(project: Project, folder: string, words: readonly string[]) {
  await mkdir(project.path(folder));
  await cp(project.path('p'), project.path(`${folder}/p`), { recursive: true, verbatimSymlinks: true });
  const log = project.path(`${folder}/trace`);
  const strace = ['-o', log, ...words, process.execPath, ...cli('three --output=plain')];
  const child = spawn('strace', strace, { cwd: project.path(`${folder}/p`), env: project.env(), stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exit, output, lines: (await readFile(log, 'utf8')).split('\n') };
}

async function outputsOf(project: Project, folder: string): Promise<readonly string[]> {
  return await Promise.all(['out/link', 'three'].map((name) => project.read(`${folder}/p/${name}`)));
}

/** Half-done files. A lock that could not be removed is nobody's once its run is over. */
async function leftovers(project: Project, folder: string): Promise<readonly string[]> {
  const names = await readdir(project.path(join(folder, 'p')), { recursive: true });
  return names.filter((name) => /\.tmp$|restore\/.|store\/tmp\/.|\.lock\.\d+$/.test(name));
}
