/** A config to begin with: a starter, or what a Makefile did. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';
import { read } from '../helpers/tree.ts';

test('`--init` writes a starter that works, and says what comes next', async () => {
  await using project = await createProject({});
  expect(await project.run('--init')).toEqual({
    exit: 0,
    stdout: 'wrote `tasks.config.yaml`; `npx tasks --list` shows its tasks\n',
    stderr: '',
  });
  expect((await project.run('test --times=2')).stdout).toBe(
    '▸ build\n✔ build <time>\n▸ test\nhello\nhello\n✔ test <time>\nok: 2 done, <time>\n',
  );
  expect((await project.run('clean')).exit).toBe(0);
});

test('what the package’s README types first works in a new project', async () => {
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(read('tasks/runner/README.md')) ?? [];
  const typed = [...block.matchAll(/^npx tasks (.*?)(?: +#.*)?$/gm)].map(([, words = '']) => words);
  expect(typed).toEqual(['--init', '--list', '--watch test']);
  await using project = await createProject({});
  for (const words of typed.slice(0, -1)) expect(await project.run(words)).toMatchObject({ exit: 0, stderr: '' });
  const watch = project.start(typed.at(-1) ?? '');
  await watch.says('waiting for a change');
  watch.child.kill('SIGINT');
  expect(await watch.result).toMatchObject({ exit: 130, stderr: '' });
});

test('what the starter has as comments can be taken as it stands', async () => {
  await using project = await createProject({ 'src/a.c': '' });
  await project.run('--init');
  const text = await project.read('tasks.config.yaml');
  expect(text.match(/^ {4}# \w+: /gm)).toEqual(['    # inputs: ', '    # outputs: ']);
  await project.write('tasks.config.yaml', text.replaceAll(/^ {4}# (?=\w+: )/gm, '    '));
  await project.run('build');
  expect((await project.run('build')).stdout).toBe('– build skipped: up to date\n');
});

test('neither `--init` nor `--import` overwrites a config', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks: {}\n', Makefile: 'a:\n' });
  const refusal = {
    exit: 2,
    stdout: '',
    stderr: 'error: `tasks.config.yaml` already exists, and is not overwritten\nhint: move it away first\n',
  };
  expect(await project.run('--init')).toEqual(refusal);
  expect(await project.run('--import Makefile')).toEqual(refusal);
  expect(await project.read('tasks.config.yaml')).toBe('version: 1\ntasks: {}\n');
});

test('a Makefile that is missing is said', async () => {
  await using project = await createProject({});
  expect(await project.run('--import=makefile')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: there is no file `makefile`\nhint: name a Makefile, as in `--import=Makefile`\n',
  });
});

test.each([
  ['Taskfile.yml', 'a Taskfile', "version: '3'\ntasks:\n  a: echo a\n"],
  ['taskfile.dist.yaml', 'a Taskfile', ''],
  ['tools/justfile', 'a justfile', 'a:\n\techo a\n'],
  ['package.json', 'JSON', '{ "scripts": {} }\n'],
  ['.gitlab-ci.yml', 'YAML', 'build:\n  script: make\n'],
  ['steps', 'YAML', "version: '3'\n\ntasks:\n  a: echo a\n"],
  ['data', 'JSON', '\n{ "a": [1] }\n'],
])('what is of another tool is not taken for a Makefile: %s', async (path, kind, text) => {
  await using project = await createProject({ [path]: text });
  expect(await project.run(`--import=${path}`)).toEqual({
    exit: 2,
    stdout: '',
    stderr: `error: \`${path}\` is ${kind}, and only Makefiles can be imported\nhint: what to write instead of what Task and just have is in \`docs/migration.md\` of the package \`zx-tasks\`\n`,
  });
  expect(existsSync(project.path('tasks.config.yaml'))).toBe(false);
});

test('targets that are called as in other tools are targets', async () => {
  await using project = await createProject({
    Makefile: '.PHONY: version tasks\nversion:\n\techo 1\ntasks:\n\techo 2\n',
  });
  expect((await project.run('--import=Makefile')).stdout).toBe(
    'wrote `tasks.config.yaml`: 2 tasks, 2 of them without make\n',
  );
});

test('a Makefile may lie anywhere, and its name may have spaces', async () => {
  const text = '.PHONY: go\ngo:\n\t@echo $(foreach word,ran,$(word))\n';
  await using project = await createProject({ 'my own/make it.mk': text, 'my.mk': text });
  expect(await project.run(`--import=${project.path('my.mk')}`)).toEqual({
    exit: 0,
    stdout:
      'wrote `tasks.config.yaml`: 1 task, 0 of them without make\nnote: line 2: `go` still calls make, because of `$(foreach …)`\n',
    stderr: '',
  });
  expect((await project.run('go')).stdout).toContain('\nran\n');
  await rm(project.path('tasks.config.yaml'));
  expect((await project.run('--import=my\\ own/make\\ it.mk')).stdout).toContain(
    'note: the tasks run here, as with `make -f`, and not in `my own`\n',
  );
  expect(await project.read('tasks.config.yaml')).toContain("run: make -f 'my own/make it.mk' go\n");
  expect((await project.run('go')).stdout).toContain('\nran\n');
});
