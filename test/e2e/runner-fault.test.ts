/** The runner is killed at random moments during builds: afterwards one normal run always gives the right outputs. */
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

/** All two hundred take minutes; `ci/README.md` says where they run. */
const kills = Number(process.env.TASKS_TEST_KILLS ?? 6);
const parts = ['a', 'b', 'c'] as const;

const config = `version: 1
tasks:
${parts
  .map(
    (part) => `  ${part}:
    inputs: ['src/${part}/*']
    outputs: ['out/${part}/*']
    run:
      - mkdir -p out/${part}
      - for f in src/${part}/*; do head -c 1 "$f" > "out/${part}/tmp-$$"; sleep 0.01; cat "$f" > "out/${part}/$(basename "$f").o"; done
      - rm -f out/${part}/tmp-*
`,
  )
  .join(
    '',
  )}  link: { needs: [a, b, c], inputs: [], outputs: [out/all], run: 'cat out/*/*.o > out/all.new; mv out/all.new out/all' }
`;

test(`after each of ${kills} kills one normal run gives the right outputs`, {
  timeout: 60_000 + kills * 10_000,
}, async () => {
  await using project = await createProject({ 'tasks.config.yaml': config });
  const sources = new Map<string, string>();
  const random = makeRandom(Number(process.env.TASKS_TEST_SEED ?? Date.now() % 1_000_000));
  for (let index = 0; index < 9; index++) await edit(project, sources, random);
  const wholeMs = await timeOf(project);
  for (let kill = 0; kill < kills; kill++) {
    const where = `kill ${kill} with TASKS_TEST_SEED=${random.seed}`;
    for (let count = random.below(3); count >= 0; count--) await edit(project, sources, random);
    await killAfter(project, random.below(Math.ceil(wholeMs * 1.2)));
    const { exit, stdout } = await project.run('link');
    expect(exit, `${where}: ${stdout}`).toBe(0);
    expect(await outputsOf(project), where).toEqual(expected(sources));
  }
  const last = await project.run('link --explain');
  // Tasks that need each other not are looked at at once, and told in whatever order.
  expect(last.stdout.trimEnd().split('\n').sort()).toEqual(
    [...['a', 'b', 'c', 'link'].map((name) => `– ${name} skipped: up to date`), 'ok: 0 done, 4 skipped, <time>'].sort(),
  );
});

/** What a power failure may leave of a file. */
const losses: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  emptied: () => Buffer.alloc(0),
  'cut off after a byte': (bytes) => bytes.subarray(0, 1),
  'cut off in the middle': (bytes) => bytes.subarray(0, bytes.length >> 1),
  'short of a byte': (bytes) => bytes.subarray(0, -1),
  'filled with zeros': (bytes) => Buffer.alloc(bytes.length),
};

test.each(Object.entries(losses))('a file in `.tasks` that is %s makes no output wrong', async (_how, lose) => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  one: { inputs: [src/a], outputs: [out/one], run: 'mkdir -p out; cat src/a > out/one' }
  two: { needs: [one], inputs: [src/b], outputs: [out/two, out/link], run: 'cat out/one src/b > out/two; ln -sf two out/link' }
`,
    'src/a': 'a\n',
    'src/b': 'b\n',
  });
  for (const content of ['b\n', 'other\n', 'b\n']) {
    await project.write('src/b', content);
    await project.run('two');
  }
  await cp(project.path('.tasks'), project.path('whole'), { recursive: true, preserveTimestamps: true });
  const entries = await readdir(project.path('whole'), { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const name = join(entry.parentPath, entry.name).slice(project.path('whole/').length);
    await rm(project.path('.tasks'), { recursive: true });
    await cp(project.path('whole'), project.path('.tasks'), { recursive: true, preserveTimestamps: true });
    await writeFile(project.path(`.tasks/${name}`), lose(await readFile(project.path(`whole/${name}`))));
    await rm(project.path('out/two'), { force: true });
    const { exit, stdout, stderr } = await project.run('two');
    expect({ exit, stderr, two: await project.read('out/link') }, `${name}: ${stdout}`).toEqual({
      exit: 0,
      stderr: '',
      two: 'a\nb\n',
    });
  }
});

test.each(['', '/state', '/locks', '/logs', '/restore', '/cache', '/cache/store/cas', '/cache/store/tmp'])(
  'a file in the place of the folder `.tasks%s` keeps no task from its work',
  async (folder) => {
    await using project = await createProject({
      'tasks.config.yaml':
        "version: 1\ntasks:\n  build: { inputs: [src/a], outputs: [out/a], run: 'mkdir -p out; cp src/a out/a' }\n",
      'src/a': 'a\n',
    });
    await project.run('build');
    await rm(project.path('out/a'));
    await rm(project.path(`.tasks${folder}`), { recursive: true, force: true });
    await project.write(`.tasks${folder}`, '');
    const { exit, stdout, stderr } = await project.run('build');
    expect(exit, stdout + stderr).toBe(0);
    expect(await project.read('out/a')).toBe('a\n');
  },
);

test.each(['', '/locks', '/state'])(
  'a link to nowhere in the place of `.tasks%s` keeps no task from its work',
  async (folder) => {
    await using project = await createProject({
      'tasks.config.yaml': "version: 1\ntasks:\n  build: { inputs: [src/a], outputs: [a], run: 'cp src/a a' }\n",
      'src/a': 'a\n',
    });
    if (folder !== '') await project.write('.tasks/.gitignore', '*\n');
    await symlink('/nonexistent/disk', project.path(`.tasks${folder}`));
    const { exit, stdout, stderr } = await project.run('build');
    expect(exit, stdout + stderr).toBe(0);
    expect(await project.read('a')).toBe('a\n');
  },
);

/** Numbers that are the same for the same seed. */
function makeRandom(seed: number) {
  let state = seed;
  return {
    seed,
    below: (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    },
  };
}

type Random = ReturnType<typeof makeRandom>;

/** Writes, replaces or removes a source; at least one of each part stays. A few contents come back, so that the cache has a say. */
async function edit(project: Project, sources: Map<string, string>, random: Random): Promise<void> {
  const part = parts[random.below(parts.length)] ?? 'a';
  const path = `src/${part}/${random.below(4)}.c`;
  const isLast = [...sources.keys()].filter((other) => other.startsWith(`src/${part}/`)).length < 2;
  if (sources.has(path) && !isLast && random.below(3) === 0) {
    await rm(project.path(path));
    sources.delete(path);
  } else {
    const content = `content ${random.below(3)}\n`.repeat(1 + random.below(2000));
    await project.write(path, content);
    sources.set(path, content);
  }
  for (const other of parts) {
    const hasNone = ![...sources.keys()].some((known) => known.startsWith(`src/${other}/`));
    if (!hasNone) continue;
    await project.write(`src/${other}/0.c`, 'first\n');
    sources.set(`src/${other}/0.c`, 'first\n');
  }
}

async function timeOf(project: Project): Promise<number> {
  const started = performance.now();
  expect((await project.run('link')).exit).toBe(0);
  return performance.now() - started;
}

async function killAfter(project: Project, ms: number): Promise<void> {
  const running = project.start('link --jobs=3');
  await new Promise((resolve) => setTimeout(resolve, ms));
  running.child.kill('SIGKILL');
  await running.result;
}

function expected(sources: ReadonlyMap<string, string>): Record<string, string> {
  const objects = [...sources].map(([path, content]): [string, string] => [
    `${path.replace('src/', 'out/')}.o`,
    content,
  ]);
  objects.sort(([a], [b]) => (a < b ? -1 : 1));
  const all = objects.map(([, content]) => content).join('');
  return Object.fromEntries([...objects, ['out/all', all]].map(([path, content]) => [path, digest(content ?? '')]));
}

async function outputsOf(project: Project): Promise<Record<string, string>> {
  const entries = await readdir(project.path('out'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  const rows = paths.map(async (path) => [path.slice(project.folder.length + 1), digest(await readFile(path, 'utf8'))]);
  return Object.fromEntries(await Promise.all(rows)) as Record<string, string>;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
