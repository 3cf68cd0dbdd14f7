/** A config may be made of several files: names, paths, variables and mistakes each belong to the file that has them. */
import { chmod, chown, lchown, link, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

const root = `version: 1
include: { docs: docs/tasks.config.yaml }
vars: { who: root, tool: shared }
tasks:
  build: { run: 'echo build of \${who}' }
  lint: { run: echo lint }
  all: { needs: [build, 'docs:build'] }
`;
const docs = `version: 1
include: { api: api/tasks.yaml }
vars: { who: docs }
tasks:
  build:
    about: Build the pages
    aliases: [pages]
    needs: [lint, 'api:build', clean]
    run: 'echo "build of \${who} with \${tool} in $(basename "$PWD")"'
  clean: { run: echo clean of docs }
`;
const api = `version: 1
tasks:
  build: { cwd: src, needs: [clean], run: 'echo "build of api by \${who} in $(basename "$PWD")"' }
  script: { script: task.ts }
`;
const files = {
  'tasks.config.yaml': root,
  'docs/tasks.config.yaml': docs,
  'docs/api/tasks.yaml': api,
  'docs/api/src/file': '',
  'docs/api/task.ts':
    "import type { Context } from 'zx-tasks';\nexport async function run({ log, root, $ }: Context): Promise<undefined> { log(root); await $`basename $PWD`; }\n",
};

test('the tasks of an included file have its name before theirs, and run in its folder', async () => {
  await using project = await createProject(files);
  expect(await project.run('all --jobs=1')).toEqual({
    exit: 0,
    stdout: `▸ build
build of root
✔ build <time>
▸ lint
lint
✔ lint <time>
▸ docs:clean
clean of docs
✔ docs:clean <time>
▸ docs:api:build
build of api by docs in src
✔ docs:api:build <time>
▸ docs:build
build of docs with shared in docs
✔ docs:build <time>
▸ all
✔ all <time>
ok: 6 done, <time>
`,
    stderr: '',
  });
});

test('aliases have the name too, and `--list` shows them', async () => {
  await using project = await createProject(files);
  expect((await project.run('--list')).stdout).toContain('  docs:build       Build the pages (also docs:pages)\n');
  expect((await project.run('docs:pages --dry-run')).stdout).toContain('docs:build');
});

test('a script of an included file is found there, and runs in its folder', async () => {
  await using project = await createProject(files);
  expect((await project.run('docs:api:script')).stdout).toBe(
    '▸ docs:api:script\n<project>\napi\n✔ docs:api:script <time>\n',
  );
});

test('in a folder with a config of its own, that config is meant', async () => {
  await using project = await createProject({
    ...files,
    'own/tasks.config.yaml': 'version: 1\ntasks:\n  only: { run: pwd }\n',
  });
  expect((await project.run('only', { cwd: 'own' })).stdout).toBe('▸ only\n<project>/own\n✔ only <time>\n');
  await project.write('tasks.config.yaml', root.replace('run:', 'rnu:'));
  expect((await project.run('only', { cwd: 'own' })).exit).toBe(0);
});

test('in the folder of an included file its names come first, and those of the other files are there too', async () => {
  await using project = await createProject(files);
  const doneBy = async (words: string, cwd: string): Promise<readonly string[]> => {
    const { exit, stdout, stderr } = await project.run(`${words} --only`, { cwd });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    return stdout.split('\n').filter((line) => /^(build|lint|clean)/.test(line));
  };
  expect(await doneBy('build', 'docs')).toEqual(['build of docs with shared in docs']);
  expect(await doneBy('build', 'docs/api/src')).toEqual(['build of api by docs in src']);
  for (const cwd of ['docs', 'docs/api/src']) {
    expect(await doneBy('pages', cwd)).toEqual(['build of docs with shared in docs']);
    expect(await doneBy('clean', cwd)).toEqual(['clean of docs']);
    expect(await doneBy('lint', cwd)).toEqual(['lint']);
    expect(await doneBy('api:build', cwd)).toEqual(['build of api by docs in src']);
    expect(await doneBy('docs:api:build', cwd)).toEqual(['build of api by docs in src']);
  }
  expect((await project.run('build --only', { cwd: '.' })).stdout).toContain('build of root');
  const { stdout: list } = await project.run('--list');
  const { stdout: listInDocs } = await project.run('--list', { cwd: 'docs' });
  expect(listInDocs).toContain(' — typed here, `build` is `docs:build`\n');
  expect(listInDocs.replace(/(?: +)?— typed here.*/g, '')).toBe(list);
  expect((await project.run('docs:')).stderr).toBe(
    'error: unknown task `docs:`\nhint: tasks that begin with it: `docs:build` and 4 more; `npx tasks --list` shows all\n',
  );
  expect((await project.run('--completion=candidates -- bui', { cwd: 'docs' })).stdout).toContain(
    'build\tBuild the pages\n',
  );
});

test('so it is for a file of any name; of several in one folder, what two of them have is written in full', async () => {
  const say = (what: string): string =>
    `version: 1\ntasks:\n  ${what}: { run: 'echo ${what} of "\${me}"' }\n  same: { run: 'echo same of \${me}' }\n`;
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
vars: { me: root }
include: { docs: docs/t.yaml, more: docs/more.yaml, again: docs/t.yaml, here: here.yaml }
tasks:
  same: { run: echo same of root }
`,
    'here.yaml': say('here'),
    'docs/t.yaml': say('build').replace('version: 1', 'version: 1\nvars: { me: docs }\ninclude: { inner: inner.yaml }'),
    'docs/more.yaml': say('tidy'),
    'docs/inner.yaml': say('inner'),
    'docs/deep/file': '',
  });
  const line = async (words: string, cwd: string) => {
    const { stdout, stderr } = await project.run(words, { cwd });
    return stdout.split('\n')[1] ?? stderr;
  };
  for (const cwd of ['docs', 'docs/deep']) {
    expect(await line('build', cwd)).toBe('build of docs');
    expect(await line('tidy', cwd)).toBe('tidy of root');
    expect(await line('inner:inner', cwd)).toBe('inner of docs');
    expect(await line('more:same', cwd)).toBe('same of root');
    expect(await line('here:here', cwd)).toBe('here of root');
    expect((await project.run('same', { cwd })).stderr).toBe(
      'error: task `same` is in several files of this folder\nhint: write one of `docs:same`, `more:same`\n',
    );
  }
  expect(await line('same', '.')).toBe('same of root');
  expect((await project.run('tidy')).stderr).toContain('error: unknown task `tidy`, did you mean `more:tidy`?\n');
  expect((await project.run('biuld', { cwd: 'docs' })).stderr).toContain(
    'unknown task `biuld`, did you mean `build`?\n',
  );
});

test('a mistake in the file that includes is told in the folder of the included one', async () => {
  await using project = await createProject({ ...files, 'tasks.config.yaml': root.replace('run:', 'rnu:') });
  const { exit, stderr } = await project.run('clean', { cwd: 'docs' });
  expect(exit).toBe(3);
  expect(stderr).toContain(
    'error: task `build` has unknown key `rnu`, did you mean `run`?\n  --> ../tasks.config.yaml:5:',
  );
});

const errorsOf = async (project: Project, options: { cwd?: string } = {}) => {
  const { exit, stdout, stderr } = await project.run('--list', options);
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  return stderr.replace(/(hint: valid keys are) `about`, `aliases`, .*/g, '$1 <those of a task>');
};

test('mistakes of all files are shown in one run, each with its own file', async () => {
  await using project = await createProject({
    ...files,
    'tasks.config.yaml': root.replace('needs: [build,', 'needs: [biuld,').replace('lint: {', 'lint: { abuot: x,'),
    'docs/tasks.config.yaml': docs.replace('clean]', 'claen]').replace('${tool}', '${tol}'),
    'docs/api/tasks.yaml': api
      .replace('needs: [clean]', 'requires: [node]')
      .replace('script: {', 'script: { run: [5],'),
  });
  expect(await errorsOf(project)).toMatchInlineSnapshot(`
    "error: task \`lint\` has unknown key \`abuot\`, did you mean \`about\`?
      --> tasks.config.yaml:6:11
       |   lint: { abuot: x, run: echo lint }
       |           ^^^^^
    hint: valid keys are <those of a task>
    error: task \`all\` needs unknown task \`biuld\`, did you mean \`build\`?
      --> tasks.config.yaml:7:18
       |   all: { needs: [biuld, 'docs:build'] }
       |                  ^^^^^
    error: task \`docs:build\` needs unknown task \`claen\`, did you mean \`clean\`?
      --> docs/tasks.config.yaml:8:32
       |     needs: [lint, 'api:build', claen]
       |                                ^^^^^
    error: unknown name \`tol\` in \`\${tol}\`, did you mean \`tool\`?
      --> docs/tasks.config.yaml:9:38
       |     run: 'echo "build of \${who} with \${tol} in $(basename "$PWD")"'
       |                                      ^^^^^^
    hint: names are those of \`vars\` and \`params\`; for a variable of the shell, write \`$tol\` or \`$\${tol}\`
    error: task \`docs:api:build\` requires unknown check \`node\`
      --> docs/api/tasks.yaml:3:33
       |   build: { cwd: src, requires: [node], run: 'echo "build of api by \${who} in $(basename "$PWD")"' }
       |                                 ^^^^
    hint: the config has no \`checks\`
    error: item 1 of \`run\` of task \`script\` must be a string, not 5
      --> docs/api/tasks.yaml:4:19
       |   script: { run: [5], script: task.ts }
       |                   ^
    error: task \`script\` has both \`run\` and \`script\`
      --> docs/api/tasks.yaml:4:23
       |   script: { run: [5], script: task.ts }
       |                       ^^^^^^
    hint: keep one of them
    "
  `);
  expect(await errorsOf(project, { cwd: 'docs/api/src' })).toContain('  --> ../tasks.yaml:3:');
});

test('syntax that cannot be read in an included file does not hide the mistakes of the others', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ninclude: { a: a.yaml, b: b.yaml }\ntasks:\n  x: { need: [] }\n',
    'a.yaml': 'version: 1\ntasks: [\n',
    'b.yaml': '',
  });
  expect(await errorsOf(project)).toMatchInlineSnapshot(`
    "error: task \`x\` has unknown key \`need\`, did you mean \`needs\`?
      --> tasks.config.yaml:4:8
       |   x: { need: [] }
       |        ^^^^
    hint: valid keys are <those of a task>
    error: a \`]\` is missing before this
      --> a.yaml:3:1
       |
       | ^
    error: \`b.yaml\` is empty
    hint: it begins with \`version: 1\` and has \`tasks\`
    "
  `);
});

test('a file that is missing, and a folder, are pointed at', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ninclude:\n  a: nowhere.yaml\n  b: folder\ntasks: {}\n',
    'folder/file': '',
  });
  expect(await errorsOf(project)).toMatchInlineSnapshot(`
    "error: there is no file \`nowhere.yaml\`
      --> tasks.config.yaml:3:6
       |   a: nowhere.yaml
       |      ^^^^^^^^^^^^
    error: \`folder\` cannot be read: it is a folder, where a file is wanted
      --> tasks.config.yaml:4:6
       |   b: folder
       |      ^^^^^^
    "
  `);
});

test('files that include each other are a cycle with its whole path, also through `..` and symbolic links', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ninclude: { a: a/tasks.yaml }\ntasks: {}\n',
    'a/tasks.yaml': 'version: 1\ninclude: { b: ../a/../b/tasks.yaml }\ntasks: {}\n',
    'b/tasks.yaml': 'version: 1\ninclude: { again: link/tasks.yaml }\ntasks: {}\n',
  });
  await symlink('../a', project.path('b/link'));
  expect(await errorsOf(project)).toMatchInlineSnapshot(`
    "error: files include each other in a cycle: \`a/tasks.yaml\` → \`b/tasks.yaml\` → \`b/link/tasks.yaml\`
      --> b/tasks.yaml:2:19
       | include: { again: link/tasks.yaml }
       |                   ^^^^^^^^^^^^^^^
    "
  `);
});

test('one file may be included under two names', async () => {
  const shared =
    "version: 1\nchecks:\n  sh: { id: SH001, command: 'echo 1.2', version: '>=1' }\ntasks:\n  hi: { requires: [sh], run: echo hi }\n";
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ninclude: { a: shared.yaml, b: shared.yaml }\ntasks: {}\n',
    'shared.yaml': shared,
  });
  expect((await project.run('a:hi b:hi')).stdout).toBe(
    '▸ a:hi\nhi\n✔ a:hi <time>\n▸ b:hi\nhi\n✔ b:hi <time>\nok: 2 done, <time>\n',
  );
});

test('a name that two files give is an error, not a silent choice: prefixes collide', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ninclude: { docs: docs.yaml }\ntasks:\n  'docs:build': { run: echo root }\n  x: { aliases: ['docs:lint'] }\n",
    'docs.yaml': 'version: 1\ntasks:\n  build: { run: echo docs }\n  lint: { run: echo lint }\n',
  });
  expect(await errorsOf(project)).toMatchInlineSnapshot(`
    "error: alias \`docs:lint\` of task \`x\` already names task \`docs:lint\`
      --> tasks.config.yaml:5:18
       |   x: { aliases: ['docs:lint'] }
       |                  ^^^^^^^^^^^
    error: task \`docs:build\` is also defined in \`tasks.config.yaml\`
      --> docs.yaml:3:3
       |   build: { run: echo docs }
       |   ^^^^^
    "
  `);
});

test('a config is read anew when an included file, or what that includes, has changed', async () => {
  await using project = await createProject(files);
  expect((await project.run('docs:clean')).stdout).toContain('clean of docs');
  await project.write('docs/tasks.config.yaml', docs.replace('clean of docs', 'cleaner'));
  expect((await project.run('docs:clean')).stdout).toContain('cleaner');
  await project.write('docs/api/tasks.yaml', 'version: 2\ntasks: {}\n');
  expect((await project.run('docs:clean')).exit).toBe(3);
});

test('a policy of an included file speaks of its own tasks', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ninclude: { a: a.yaml }\ntasks:\n  x: { run: echo x }\n',
    'a.yaml':
      "version: 1\npolicy: [{ on: darwin, forbid: host, tasks: ['*'], because: reasons, instead: that }]\ntasks:\n  y: { run: echo y }\n",
  });
  const env = { TASKS_PLATFORM: 'darwin-arm64' };
  expect((await project.run('x --dry-run', { env })).exit).toBe(0);
  expect((await project.run('a:y --dry-run', { env })).stderr).toBe(
    'error: task `a:y` may not run on this host (darwin): reasons\nhint: run `that` instead\n',
  );
});

test('a config above that belongs to another user is run only in folders of that user', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can give files away');
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  go: { run: echo theirs }\n',
    'ours/at/a': '',
  });
  await chown(project.path('tasks.config.yaml'), 12_345, 12_345);
  expect(await project.run('go', { cwd: 'ours/at' })).toMatchObject({
    exit: 3,
    stdout: '',
    stderr:
      'error: `../../tasks.config.yaml` belongs to another user, and is not used from a folder that is not theirs\nhint: if you trust it, go there: `cd ../..`\n',
  });
  expect((await project.run('go')).stdout).toContain('theirs');
  // As in a container whose root works in somebody's checkout.
  await chown(project.path('ours/at'), 12_345, 12_345);
  expect((await project.run('go', { cwd: 'ours/at' })).stdout).toContain('theirs');
});

test.skipIf(process.getuid?.() !== 0).each([
  ['a link of another user', (from: string, to: string) => symlink(from, to).then(() => lchown(to, 12_345, 12_345))],
  ['another name in a folder of another user', link],
])('a config of ours that is above only as %s is not run', async (_what, put) => {
  await using project = await createProject({
    'own/tasks.config.yaml': 'version: 1\ntasks:\n  go: { run: ./tool }\n',
    'theirs/tool': '#!/bin/sh\necho theirs\n',
    'theirs/ours/a': '',
  });
  const go = () => project.run('go', { cwd: 'theirs/ours' });
  await put(project.path('own/tasks.config.yaml'), project.path('theirs/tasks.config.yaml'));
  await chmod(project.path('theirs/tool'), 0o755);
  await chown(project.path('theirs'), 12_345, 12_345);
  expect(await go()).toMatchObject({ exit: 3, stdout: '' });
  await lchown(project.path('theirs/tasks.config.yaml'), 0, 0);
  await chown(project.path('theirs'), 0, 0);
  expect((await go()).stdout).toContain('theirs');
});

test('what another user has put beside a config where everybody may make files is not used', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can give files away');
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ndotenv: [.env]\ntasks:\n  go: { run: echo ours }\n',
  });
  await chmod(project.folder, 0o1777);
  expect((await project.run('go')).stdout).toContain('ours');
  const refusal = (name: string) => ({
    exit: 3,
    stdout: '',
    stderr: [
      `error: \`${name}\` belongs to another user, and in <project> others may make files: it could have commands of theirs run`,
      `hint: move the project to a folder of your own, or, if you trust it, make it yours: \`sudo chown -R "$(id -un)" <project>/${name}\``,
      '',
    ].join('\n'),
  });
  for (const name of ['.tasks', '.env', 'node_modules']) {
    if (name !== '.tasks') await project.write(`${name}${name === '.env' ? '' : '/a'}`, '');
    await chown(project.path(name), 12_345, 12_345);
    expect(await project.run('go')).toMatchObject(refusal(name));
    await chown(project.path(name), 0, 0);
  }
  // Whoever may do that elsewhere may change the config itself, and nobody else has put it where only the owner may.
  await chown(project.path('.tasks'), 12_345, 12_345);
  for (const mode of [0o777, 0o1755]) {
    await chmod(project.folder, mode);
    expect((await project.run('go')).stdout).toContain('ours');
  }
});

test('a config above that belongs to another user includes nothing', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can give files away');
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ninclude: { ours: ours/tasks.config.yaml }\ntasks:\n  go: { run: echo theirs }\n',
    'ours/tasks.config.yaml': 'version: 1\ntasks:\n  build: { run: echo ours }\n',
  });
  const ofRoot = await project.run('go', { cwd: 'ours' });
  expect(ofRoot.stdout).toContain('theirs');
  await chown(project.path('tasks.config.yaml'), 12_345, 12_345);
  const ofOther = await project.run('go', { cwd: 'ours' });
  expect(ofOther.stderr).toContain('unknown task `go`');
  expect((await project.run('build', { cwd: 'ours' })).stdout).toContain('ours');
});
