/** Completion in real shells on a real terminal: what a person types, and what stands there after Tab. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';
import { openTerminalOf } from '../helpers/terminal.ts';
import { read } from '../helpers/tree.ts';

const config = `version: 1
checks:
  node: { id: ND001, command: node --version, version: '>=1' }
tasks:
  deploy: { args: { name: where, values: ['stage env', "it's", '$place', 'a;b'] }, run: 'echo \${args}' }
  notes:
    about: |
      Writes the notes

      notes of each version, and
      none\tof others
    run: echo
  build: { about: Build it, args: { name: image, values: [app, profiler] }, run: 'echo \${args}' }
  'bpf:build': { run: echo }
  'bpf:bench': { run: echo }
  serve:
    aliases: [start]
    run: echo
    params:
      port: { type: int, about: where it listens }
      mode: { type: enum, values: [fast, slow] }
      speed: { type: enum, values: [very fast] }
      trace: { type: bool }
  secret: { hidden: true, run: echo }
  pack: { matrix: { arch: [arm64, x86] }, run: echo }
`;

async function projectWithBin(text = config): Promise<Project> {
  const project = await createProject({ 'tasks.config.yaml': text, 'sub/file.txt': '' });
  await mkdir(project.path('node_modules/.bin'));
  await symlink('../zx-tasks/bin.cjs', project.path('node_modules/.bin/tasks'));
  return project;
}

const candidates = async (project: Project, words: readonly string[]) => {
  const quoted = words.map((word) => (word === '' ? "''" : word)).join(' ');
  const stdout = execFileSync('bash', ['-c', `node_modules/.bin/tasks --completion=candidates -- ${quoted}`], {
    cwd: project.folder,
    env: project.env(),
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => line !== '');
};

test.each<readonly [string, readonly string[], readonly string[]]>([
  ['tasks, with what they do', ['bui'], ['build\tBuild it']],
  ['a task of which more than a line is told', ['not'], ['notes\tWrites the notes']],
  ['aliases', ['sta'], ['start']],
  ['names with a colon', ['bpf:'], ['bpf:build', 'bpf:bench']],
  ['a matrix', ['pa'], ['pack']],
  ['the tasks of a matrix once its name is typed', ['pack:'], ['pack:arm64', 'pack:x86']],
  ['a task after a task', ['serve', 'bpf:be'], ['bpf:bench']],
  ['the words that a task takes', ['build', ''], ['app', 'profiler']],
  ['a second such word', ['build', 'app', 'p'], ['profiler']],
  ['checks after `doctor`', ['doctor', 'n'], ['node\tND001']],
  ['the flags of the task', ['serve', '--po'], ['--port=\twhere it listens']],
  ['the values of its flags', ['serve', '--mode='], ['--mode=fast', '--mode=slow']],
  ['the values as the next word', ['serve', '--mode', ''], ['fast', 'slow']],
  ['no value after a flag without one', ['serve', '--trace', 'buil'], ['build\tBuild it']],
  ['the values of the tool’s flags', ['--graph=d'], ['--graph=dot']],
  ['the tool’s flags, as the next word', ['--engine', ''], ['podman', 'docker']],
  ['nothing for what goes to the command', ['build', '--', ''], []],
  ['no task that is hidden', ['secr'], []],
])('completes %s', async (_what, words, expected) => {
  await using project = await projectWithBin();
  expect(await candidates(project, words)).toEqual(expected);
});

test('a wrong config, and none, complete nothing and say nothing', async () => {
  await using project = await projectWithBin('version: 2\n');
  expect(await project.run('--completion=candidates -- b')).toEqual({ exit: 0, stdout: '', stderr: '' });
});

test('an unknown shell is told which there are', async () => {
  await using project = await projectWithBin();
  expect(await project.run('--completion=bush')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: `--completion` must be one of `bash`, `zsh`, `fish`, not `bush`, did you mean `bash`?\n',
  });
});

const shells = {
  bash: { command: ['bash', '--norc', '-i'], load: 'eval "$(node_modules/.bin/tasks --completion=bash)"' },
  zsh: { command: ['zsh', '-f', '-i'], load: 'source <(node_modules/.bin/tasks --completion=zsh)' },
  fish: { command: ['fish', '--no-config', '-i'], load: 'node_modules/.bin/tasks --completion=fish | source' },
} as const;

test.each(Object.entries(shells))(
  '%s is told how to load it, by the script and by the documents',
  async (name, { load }) => {
    await using project = await projectWithBin();
    const { stdout } = await project.run(`--completion=${name}`);
    expect(stdout).toContain(`Load it with: ${load.replace('node_modules/.bin/', '')}\n`);
    expect(read('docs/tasks.md')).toContain(`\n${load} `);
    // The bash of macOS, 3.2, reads nothing from such a file, without a word.
    for (const document of ['README.md', 'docs/tasks.md']) expect(read(document)).not.toMatch(/source <\([^)]*=bash/);
  },
);

const isInstalled = (name: string): boolean => spawnSync(name, ['--version']).status === 0;

test('a Tab runs no program that another user has put where everybody may make files', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can give files away');
  await using project = await projectWithBin();
  const found = () =>
    Object.entries(shells)
      .filter(([name]) => isInstalled(name))
      .map(([name, { load }]) => {
        const script = `cd "$1"; ${load}; cd sub; ${name === 'fish' ? '__' : '_'}tasks_bin`;
        const [flags, words] = name === 'fish' ? ['--no-config', script.replace('$1', '$argv[1]')] : ['-f', script];
        const args =
          name === 'fish' ? [flags, '-c', words, project.folder] : [flags, '-c', words, name, project.folder];
        return spawnSync(name, args, { env: project.env(), encoding: 'utf8' }).stdout.replace(/\n$/, '');
      });
  const own = project.path('node_modules/.bin/tasks');
  expect(new Set(found())).toEqual(new Set([own]));
  await chmod(project.folder, 0o1777);
  expect(new Set(found())).toEqual(new Set([own]));
  await chown(project.path('node_modules'), 12_345, 12_345);
  expect(found()).not.toContain(own);
});

for (const [name, { command, load }] of Object.entries(shells)) {
  test.skipIf(!isInstalled(name))(`${name} completes tasks, words, flags and values, in any folder`, async () => {
    await using project = await projectWithBin();
    const terminal = openTerminalOf(project, command, { env: { PS1: '> ', PROMPT: '> ' }, rows: 60 });
    // What stands before the cursor is seen by typing on; the line is thrown away then.
    const say = async (typed: string, shown: string): Promise<void> => {
      terminal.type(`${typed}\tX`);
      await terminal.shows(`${shown}X`);
      terminal.type('\u0015');
    };
    terminal.type(`${load}; cd sub; pwd\n`);
    await terminal.shows('<project>/sub\n');
    await say('tasks bui', 'tasks build ');
    await say('tasks bpf:ben', 'tasks bpf:bench ');
    await say('tasks build pro', 'tasks build profiler ');
    await say('tasks serve --po', 'tasks serve --port=');
    await say('tasks serve --mode=f', 'tasks serve --mode=fast ');
    await say('tasks deploy sta', 'tasks deploy stage\\ env ');
    await say('tasks deploy stage\\ e', 'tasks deploy stage\\ env ');
    await say('tasks deploy it', "tasks deploy it\\'s ");
    await say('tasks deploy \\$p', 'tasks deploy \\$place ');
    await say('tasks deploy a\\;', 'tasks deploy a\\;b ');
    await say("tasks deploy 'stage e", "tasks deploy 'stage env' ");
    await say('tasks serve --speed "very f', 'tasks serve --speed "very fast" ');
    await say("tasks 'buil", "tasks 'build' ");
    await say("tasks deploy 'stage env' it", "tasks deploy 'stage env' it\\'s ");
    await say('tasks deploy "it\'s" stage\\ env a', 'tasks deploy "it\'s" stage\\ env a\\;b ');
    await say('tasks deploy "it', 'tasks deploy "it\'s" ');
    await say("tasks deploy '$p", "tasks deploy '$place' ");
    await say("tasks 'serve' --speed='very fast' --mode=f", "tasks 'serve' --speed='very fast' --mode=fast ");
    await say(
      'tasks "serve" --speed="very f',
      `tasks "serve" --speed=${name === 'zsh' ? 'very\\ fast' : '"very fast"'} `,
    );
    await say("tasks deploy '' pl", "tasks deploy '' pl");
    await say("tasks 'bpf:be", "tasks 'bpf:bench' ");
    await say('tasks bpf\\:be', name === 'fish' ? 'tasks bpf\\:bench ' : 'tasks bpf:bench ');
    // Zsh goes on within the quotes.
    if (name !== 'zsh') await say("tasks 'bpf:bench'", name === 'bash' ? 'tasks bpf:bench ' : "tasks 'bpf:bench' ");
    await say('npx tasks sta', 'npx tasks start ');
    await say('tasks build -- fil', 'tasks build -- file.txt ');
    terminal.type('exit\n');
    await terminal.exit;
  });
}
