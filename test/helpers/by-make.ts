/** A Makefile run by make, and as the config that `--import` makes of it: both do the same. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProject, type Project } from './project.ts';

export type Case = {
  readonly makefile: string;
  readonly files?: Readonly<Record<string, string>>;
  /** One run after another, with the environment of the caller. */
  readonly runs: readonly (readonly [target: string, env?: Readonly<Record<string, string>>])[];
  /** The targets that go on calling make. */
  readonly through: readonly string[];
};

/** A test for each Makefile. */
export function testBothWays(cases: Readonly<Record<string, Case>>): void {
  test.each(Object.entries(cases))('%s: make and tasks do the same', async (_, { makefile, files, runs, through }) => {
    await using make = await createProject({ ...files, Makefile: makefile });
    await using tasks = await createProject({ ...files, Makefile: makefile });
    const imported = await tasks.run('--import=Makefile');
    expect(imported.stderr).toBe('');
    const config = parse(await tasks.read('tasks.config.yaml')) as Written;
    for (const [target, env = {}] of runs) {
      const expected = await byMake(make, target, env);
      const { exit, stdout } = await tasks.run(`${taskOf(config, target)} --output=json`, {
        env: { PWD: tasks.folder, ...silently, ...env },
      });
      const printed = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { readonly type: string; readonly stream?: string; readonly line?: string })
        .flatMap(({ type, stream, line }) => (type === 'task-output' && stream !== 'stderr' ? `${line}\n` : []))
        .join('');
      expect({ ok: exit === 0, stdout: printed, files: await filesIn(tasks) }, target).toEqual(expected);
    }
    expect(throughMake(config)).toEqual(through);
    for (const target of through)
      expect(imported.stdout).toMatch(
        new RegExp(`\`${taskOf(config, target)}\` still calls make, because of|all of them still call make`),
      );
  });
}

/** Make prints the commands of a task that calls it, as it always did. */
const silently = { MAKEFLAGS: 's' };

async function filesIn({ folder }: Project): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const own = entries.filter(
    (entry) =>
      entry.isFile() &&
      !/\/(\.tasks|node_modules|bin|home)(\/|$)/.test(entry.parentPath.slice(folder.length)) &&
      !['tasks.config.yaml', 'stamp'].includes(entry.name),
  );
  const texts = await Promise.all(
    own.map(async ({ parentPath, name }) => {
      const path = `${parentPath}/${name}`;
      return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const;
    }),
  );
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a run prints and leaves; a failure only as such, since make has a code of its own. */
async function byMake(project: Project, target: string, env: Readonly<Record<string, string>>) {
  const { status, stdout } = spawnSync('make', [target], {
    cwd: project.folder,
    env: project.env({ PWD: project.folder, ...silently, ...env }),
    encoding: 'utf8',
  });
  return { ok: status === 0, stdout, files: await filesIn(project) };
}

type Written = { readonly tasks: Readonly<Record<string, { readonly run?: string | readonly string[] }>> };

function throughMake({ tasks }: Written): readonly string[] {
  return Object.values(tasks).flatMap(({ run }) => /^make -f Makefile (.*)$/.exec(String(run))?.[1] ?? []);
}

/** A Makefile may need more than the tasks that its targets are named after. */
function taskOf({ tasks }: Written, target: string): string {
  return Object.keys(tasks).find((name) => name === target) ?? target.replaceAll('/', ':').replace(/^\./, '');
}
