/** Where nothing can be written in the project: its disk is full, or mounted read-only, or a folder stands in the way. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, type TestContext, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const tasks = `version: 1
tasks:
  plain: { run: echo plain }
  tracked: { inputs: [src], run: cat src }
  script: { script: work.ts }
  web: { service: { run: "echo up; exec sleep 1000", ready: { log: up } } }
  test: { needs: [web, plain, tracked, script], run: echo tested, lock: board }
  breaks: { lock: board, run: 'mount -o remount,ro "$PWD"' }
  much: { params: { lines: { type: int } }, run: 'seq -w 1 \${lines}' }
  goes-on: { needs: [breaks], lock: board, run: echo went on }
`;

/** A project whose disk can be made to take nothing more. */
async function projectOnDisk(context: TestContext) {
  const project = await createProject({});
  const folder = project.path('disk');
  const mount = (...options: string[]) => spawnSync('mount', [...options, 'tmpfs', folder]).status;
  mkdirSync(folder);
  context.skip(mount('-t', 'tmpfs', '-o', 'size=1m,nr_inodes=60') !== 0, 'mounting a small disk needs root');
  await project.write('disk/tasks.config.yaml', tasks);
  await project.write('disk/src', 'source\n');
  await project.write('disk/work.ts', 'export const run = async ({ $ }) => { await $`echo scripted`; };\n');
  await project.write('disk/.tasks/locks/.keep', '');
  // Of a run that is gone.
  symlinkSync(`1|1|1|${hostname()}|plain`, project.path('disk/.tasks/locks/plain.lock'));
  return {
    run: (words: string) => project.run(words, { cwd: 'disk' }),
    makeReadOnly: () => expect(mount('-o', 'remount,ro')).toBe(0),
    fill: () => {
      expect(() => {
        for (let file = 0; ; file++) writeFileSync(project.path(`disk/file-${file}`), '');
      }).toThrow('ENOSPC');
    },
    fillPages: () => {
      expect(spawnSync('dd', ['if=/dev/zero', `of=${project.path('disk/filler')}`, 'bs=4k']).status).toBe(1);
    },
    [Symbol.asyncDispose]: async () => {
      spawnSync('umount', ['--lazy', folder]);
      await project[Symbol.asyncDispose]();
    },
  };
}

test.for(['full', 'read-only'])(
  'tasks run where the disk is %s, though no state can be kept',
  async (kind, context) => {
    await using disk = await projectOnDisk(context);
    if (kind === 'full') disk.fill();
    else disk.makeReadOnly();
    const { exit, stdout } = await disk.run('test --jobs=2');
    expect(stdout).toContain('✔ test <time>\n');
    for (const said of ['plain | plain', 'tracked | source', 'script | scripted', 'tested'])
      expect(stdout).toContain(said);
    expect(exit).toBe(0);
  },
);

test('of a disk that is mounted read-only it is said that it is, also where folders are missing', async (context) => {
  await using disk = await projectOnDisk(context);
  disk.makeReadOnly();
  const { stdout, stderr } = await disk.run('tracked');
  const said = 'EROFS: read-only file system, mkdir ';
  expect(stdout).toContain(`note: \`.tasks/state\` cannot be written, so tasks will run again: ${said}`);
  expect(stderr).toContain(`note: the output of tasks is not kept in \`.tasks/logs\`: ${said}`);
});

test('a disk that becomes read-only while a task holds a lock lets the next one of the run have it', async (context) => {
  await using disk = await projectOnDisk(context);
  const { exit, stdout } = await disk.run('goes-on');
  expect(stdout).toContain('went on\n✔ goes-on <time>\n');
  expect(exit).toBe(0);
});

test('a log of which a full disk takes only a piece is told as not kept', async (context) => {
  await using disk = await projectOnDisk(context);
  expect((await disk.run('much --lines=1100')).stderr).toBe('');
  disk.fillPages();
  // The pages of the old log are free again, and take a part of the new one.
  const { exit, stderr } = await disk.run('much --lines=1660');
  expect(stderr).toBe(
    'note: the output of tasks is not kept in `.tasks/logs`: ENOSPC: no space left on device, write\n',
  );
  expect(exit).toBe(0);
});

test('a folder in the place of a file of ours is told with what mends it', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  build: { inputs: [in], outputs: [out], cache: true, run: 'echo built; cp in out' }
`,
    in: 'a',
  });
  await project.run('build');
  const state = (await readdir(project.path('.tasks/state'))).find((name) => name.startsWith('build-'));
  const told = (place: string): string => {
    const path = `<project>/${place}`;
    return `\`${path}\` is a folder, where a file is wanted: move it away (\`mv ${path} ${path}.old\`)`;
  };
  for (const [place, what] of [
    [`.tasks/state/${state}`, '`.tasks/state` cannot be written, so tasks will run again'],
    ['.tasks/logs/build.log', 'the output of tasks is not kept in `.tasks/logs`'],
    ['.tasks/cache/store/size', 'the cache cannot be cleaned up'],
  ] as const) {
    await rm(project.path(place));
    await project.write(`${place}/theirs`, '');
    await project.write('in', place);
    const { exit, stdout, stderr } = await project.run('build');
    expect(stdout + stderr).toContain(`note: ${what}: ${told(place)}\n`);
    expect(exit).toBe(0);
    await rm(project.path(place), { recursive: true });
    await project.run('build --force');
  }
  await project.write('.tasks/locks/build.lock/theirs', '');
  const { exit, stdout } = await project.run('build --force');
  expect(exit).toBe(4);
  expect(stdout).toContain(`✖ build failed after <time>: ${told('.tasks/locks/build.lock')}\n`);
  expect(await readdir(project.path('.tasks/locks'))).toEqual(['build.lock']);
});
