/** What a watch sees: every way in which files come, go and change, and nothing that it should not see. */
import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, rename, rm, symlink, unlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';
import { linesOf, startWatch } from '../helpers/watching.ts';

const config = (tasks: string): string => `version: 1\ntasks:\n${tasks}`;

type Change = readonly [what: string, make: (project: Project) => Promise<unknown>, told: string];

const changes: readonly Change[] = [
  ['a file that is written', ({ write }) => write('src/a', 'new'), 'src/a'],
  ['a file that is deleted', ({ path }) => unlink(path('src/a')), 'src/a'],
  ['a file in a new folder', ({ write }) => write('src/deep/er/new', ''), 'src/deep/er/new'],
  ['a file that is renamed', ({ path }) => rename(path('src/a'), path('src/b')), 'src/b, src/a'],
  ['a folder that is renamed', ({ path }) => rename(path('src/in'), path('src/out')), 'src/out/c, src/in/c'],
  ['a folder that is deleted', ({ path }) => rm(path('src/in'), { recursive: true }), 'src/in/c'],
  [
    'a file that an editor replaces by renaming another one',
    async ({ path, write }) => {
      await write('src/.a.tmp~', 'saved');
      await rename(path('src/.a.tmp~'), path('src/a'));
    },
    'src/a',
  ],
  [
    'a folder that is moved away and made anew',
    async ({ path, write }) => {
      await rename(path('src'), path('old'));
      await write('src/a', 'other');
      await write('src/in/c', '');
    },
    'src/a',
  ],
  ['what lies behind a link', ({ write }) => write('elsewhere/target', 'new'), 'src/link'],
  [
    'a link that leads elsewhere',
    async ({ path }) => {
      await unlink(path('src/link'));
      await symlink(path('elsewhere/other'), path('src/link'));
    },
    'src/link',
  ],
  ['a folder behind a link', ({ write }) => write('linked/inside', 'new'), 'src/folder/inside'],
  ['a file that matched nothing before', ({ write }) => write('later/x', ''), 'later/x'],
  ['a dotfile', ({ write }) => write('src/.hidden', ''), 'src/.hidden'],
  ['a file in `.github`', ({ write }) => write('.github/workflows/ci.yml', 'new'), '.github/workflows/ci.yml'],
  ['an exec bit', async ({ path }) => spawnSync('chmod', ['+x', path('src/a')]), 'src/a'],
];

test.each(changes)('%s starts the task again, and what changes later too', async (_, make, told) => {
  await using project = await createProject({
    'tasks.config.yaml': config(
      "  build: { inputs: ['src/**', 'later/*', '.github', '!**/*~'], run: 'echo run >> story' }\n",
    ),
    'src/a': '',
    'src/in/c': '',
    'elsewhere/target': '',
    'elsewhere/other': 'other',
    'linked/inside': '',
  });
  await symlink(project.path('elsewhere/target'), project.path('src/link'));
  await symlink(project.path('linked'), project.path('src/folder'));
  const watch = startWatch(project, 'build');
  await watch.waits();
  await make(project);
  await watch.says('\nchanged: ');
  await watch.waits();
  await project.write('src/last', 'last');
  await watch.says('changed: src/last\n');
  await watch.waits();
  const { stdout } = await watch.end();
  const [, first = ''] = stdout.split('\nchanged: ');
  for (const path of told.split(', ')) expect(first.split('\n')[0]).toContain(path);
});

test('outputs that are deleted are made again before a task that needs them runs', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(`  compile: { inputs: [src], outputs: [dist], run: 'mkdir -p dist; cp src/a dist/a' }
  pack: { needs: [compile], inputs: [], outputs: [pack], run: 'cp dist/a pack' }
`),
    'src/a': 'a',
  });
  const watch = startWatch(project, 'pack', { env: { TASKS_CACHE: 'off' } });
  await watch.waits();
  await rm(project.path('dist'), { recursive: true });
  await watch.waits();
  const { stdout } = await watch.end();
  expect(stdout).toContain('changed: dist/a\n▸ compile\n✔ compile <time>\n– pack skipped: up to date\n');
  expect(await project.read('dist/a')).toBe('a');
});

test('`.git`, `.tasks`, `node_modules` and outputs start nothing, unless an input names them', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      config(`  wide: { inputs: ['**'], outputs: [dist/**], run: 'mkdir -p dist; date +%s%N > dist/made' }
  narrow: { inputs: [node_modules/one/**, .git/HEAD], run: echo narrow }
  all: { needs: [wide, narrow] }
`),
    '.git/HEAD': '',
    '.git/index': '',
    'node_modules/one/x': '',
    'node_modules/two/x': '',
    'sub/node_modules/three/x': '',
    'src/a': '',
  });
  const watch = startWatch(project, 'all --jobs=1');
  await watch.waits();
  const ofEditors = ['src/.a.swp', 'src/a~', 'src/.#a', 'src/#a#'];
  const others = ['.git/index', '.tasks/x', 'node_modules/two/x', 'sub/node_modules/three/x', 'dist/made'];
  for (const path of [...ofEditors, ...others]) await project.write(path, 'new');
  await project.write('src/a', 'new');
  await watch.waits();
  await project.write('node_modules/one/x', 'new');
  await watch.waits();
  await project.write('.git/HEAD', 'new');
  await watch.waits();
  const { stdout } = await watch.end();
  const told = stdout.split('\n').filter((line) => /^(changed|▸ [nw])/.test(line));
  expect(told).toEqual([
    '▸ wide',
    '▸ narrow',
    'changed: src/a',
    '▸ wide',
    'changed: node_modules/one/x',
    '▸ narrow',
    'changed: .git/HEAD',
    '▸ narrow',
  ]);
});

test('too many folders for the system: they are looked at instead, and that is said', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config("  build: { inputs: ['src/**'], run: 'echo run >> story' }\n"),
    'limit.cjs': `const fs = require('node:fs');
let left = 3;
const real = fs.watch;
fs.watch = (...words) => {
  if (left-- <= 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  return real(...words);
};
require('node:module').syncBuiltinESMExports();
`,
    ...Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`src/${index}/a`, ''])),
  });
  const watch = startWatch(project, 'build', { env: { NODE_OPTIONS: `--require=${project.path('limit.cjs')}` } });
  await watch.says('waiting for a change, looking every second; Ctrl-C ends the watch');
  await watch.waits();
  await project.write('src/8/a', 'new');
  await watch.says('changed: src/8/a');
  await watch.waits();
  const { stdout } = await watch.end();
  expect(stdout).toContain(
    'note: the system allows no more watches (ENOSPC), so the files are checked every second instead; to change that, raise `fs.inotify.max_user_watches`\n',
  );
  expect(await linesOf(project, 'story')).toEqual(['run', 'run']);
});

test('`TASKS_WATCH=poll` looks every second, for folders whose changes the system does not tell', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config("  build: { inputs: ['src/**'], run: 'echo run >> story' }\n"),
    'src/a': '',
  });
  const watch = startWatch(project, 'build', { env: { TASKS_WATCH: 'poll' } });
  await watch.says('looking every second');
  await watch.waits();
  await project.write('src/a', 'new');
  await watch.waits();
  await watch.end();
  expect(await linesOf(project, 'story')).toEqual(['run', 'run']);
});

test('a failing task that writes its own input does not run for ever', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(
      "  lint: { inputs: ['src/**'], run: 'echo run >> story; date +%s%N > src/report; exit 3' }\n",
    ),
    'src/a': '',
  });
  const watch = startWatch(project, 'lint');
  await watch.says(
    'note: `src/report` changes whenever its task runs, so that starts further runs only after longer and longer pauses; list it in `outputs`',
  );
  expect(await linesOf(project, 'story')).toHaveLength(5);
  await watch.says('waiting for a change, at most ', 2);
  await project.write('src/a', 'new');
  await watch.says('src/a\n▸ lint');
  expect((await watch.end()).exit).toBe(130);
});

test.each([
  ['in place, and always with the same content', "['src/**']", 'sed -i s/x/y/ src/a', 2],
  ['as a declared output', "['src/**'], outputs: [src/report]", 'date +%s%N > src/report', 1],
])('a task that writes its own input %s runs no more than it must', async (_, keys, command, runs) => {
  for (const end of ['', '; exit 3']) {
    await using project = await createProject({
      'tasks.config.yaml': config(`  fmt: { inputs: ${keys}, run: '${command}; echo run >> story${end}' }\n`),
      'src/a': 'x',
    });
    const watch = startWatch(project, 'fmt');
    await watch.waits();
    expect(await linesOf(project, 'story')).toHaveLength(runs);
    await appendFile(project.path('src/a'), 'more');
    await watch.waits();
    await watch.end();
  }
});

test('memory does not grow over many runs', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config("  build: { inputs: ['src/**'], run: 'echo run' }\n"),
    'src/a': '0',
  });
  await mkdir(project.path('x'));
  const watch = startWatch(project, 'build', { env: { NODE_OPTIONS: '--max-old-space-size=24' } });
  await watch.waits();
  for (let run = 1; run <= 60; run++) {
    await project.write('src/a', `${run}`);
    await watch.waits();
  }
  expect((await watch.end()).exit).toBe(130);
});
