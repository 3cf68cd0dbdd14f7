/** What somebody types for a param is never read by a shell, whatever stands around its `${…}`. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillCommand, wordsIn } from '../../tasks/runner/config/command-text.ts';
import { parseTemplate } from '../../tasks/runner/config/template.ts';
import { createProject, type Project } from '../helpers/project.ts';

const hostile = [
  '$(pwned)',
  '`pwned`',
  ';pwned;',
  "';pwned;'",
  '";pwned;"',
  '\\";pwned #',
  'x\npwned\n',
  '\\',
  '}$(pwned)',
  '& pwned | pwned',
  '(pwned)',
  'a[$(pwned)]',
  '$HOME ${HOME} "$@"',
  'big  world!',
  '*',
  '~',
  '-n',
  '#',
  '',
];

/** A command that prints what it is given, and how the value is to be found in what it prints. */
const places: readonly (readonly [string, (value: string) => string])[] = [
  ["printf '[%s]' ${s}", (value) => `[${value}]`],
  ['printf "[%s]" "${s}"', (value) => `[${value}]`],
  ['printf "[%s]" "a ${s} b"', (value) => `[a ${value} b]`],
  ["printf '[%s]' 'a ${s} b'", (value) => `[a ${value} b]`],
  ["printf '[%s]' a${s}b", (value) => `[a${value}b]`],
  ["printf '[%s]' a'b'\"c\"${s}'d'", (value) => `[abc${value}d]`],
  ['printf "[%s]" "$(printf %sx ${s})"', (value) => `[${value}x]`],
  ['printf "[%s]" "$(printf %sx "in ${s}")"', (value) => `[in ${value}x]`],
  ['printf "[%s]" "$(printf %sx \'in ${s}\')"', (value) => `[in ${value}x]`],
  ['printf "[%s]" "$WHO/$${WHO}/${s}"', (value) => `[me/me/${value}]`],
  ['printf "[%s]" $${NONE:-${s}}', (value) => `[${value}]`],
  ['printf "it\'s [%s]" \'"\'"${s}"', (value) => `it's ["${value}]`],
  ["printf '[%s]' ok # don't say \"${s}", () => '[ok]'],
  ["printf '[%s]' ok \\\n# don't say ${s}", () => '[ok]'],
  ['cat <<END\nit\'s "$(echo here)\nEND\nprintf \'[%s]\' "${s}"', (value) => `it's "here\n[${value}]`],
];

test('a param comes out as it was typed, bare, within quotes of both kinds and within `$(…)`', async () => {
  const steps = places.map(([command]) => `      - ${JSON.stringify(`(${command}\n) >> out; printf '\\0' >> out`)}\n`);
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  say:\n    params: { s: {} }\n    env: { WHO: me }\n    run:\n${steps.join('')}`,
  });
  await project.program('pwned', `touch ${project.path('was-run')}`);
  for (const value of hostile) {
    const { exit } = await project.run(`say --s=${value.replaceAll(' ', '\\ ')}`);
    const given = (await project.read('out')).split('\0').slice(0, -1);
    const wanted = places.map(([, expected]) => expected(value));
    expect({ value, exit, given }).toEqual({ value, exit: 0, given: wanted });
    await project.write('out', '');
  }
  expect(existsSync(project.path('was-run'))).toBe(false);
});

test('args are words of their own where they stand bare, and one text within quotes', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  say:
    args: { name: word }
    run:
      - printf '[%s]' \${args}
      - printf '[%s]' "\${args}" '\${args}'
      - printf '[%s]' a \${args}#b
`,
  });
  const { stdout } = await project.run("say a\\ b `pwned` it's -- $(pwned) ;");
  expect(stdout).toContain(
    "[a b][`pwned`][it's]\n[a b `pwned` it's][a b `pwned` it's]\n[a][a b][`pwned`][it's#b][$(pwned)][;]\n",
  );
  expect((await project.run('say')).stdout).toContain('[]\n[][]\n[a][#b]\n');
});

test('the words after `--` never become commands', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  lines: { run: "printf '[%s]' a\\nprintf '[%s]' b\\n" }
  comment: { run: 'echo hello # world' }
  document: { run: "cat <<END\\nhello\\nEND\\n" }
  open: { run: 'echo hello;' }
`,
  });
  expect((await project.run('lines -- pwned')).stdout).toContain('[a][b][pwned]\n');
  for (const task of ['comment', 'document', 'open'])
    expect(await project.run(`${task} -- x\npwned\n`)).toEqual({
      exit: 2,
      stdout: '',
      stderr: `error: the command of task \`${task}\` ends where no words can follow, so it takes none after \`--\`
hint: it ends in a comment, a here-document, an open quote or an operator
`,
    });
});

test.each([
  ['for i in 1 2; do echo $i; done', 'done'],
  ['for i in 1 2\ndo echo $i\ndone > /dev/null 2>&1', 'done'],
  ['if true; then echo "(a"; fi', 'fi'],
  ['case x in x) echo "x)";; esac', 'esac'],
  ['{ echo a; echo b; }', '}'],
  ['(cd / && echo "a)")', ')'],
  ['(echo $(echo a))', ')'],
])('words after `--` are refused where the command is compound: %s', async (run, end) => {
  await using project = await createProject({
    'tasks.config.yaml': JSON.stringify({ version: 1, tasks: { a: { run } } }),
  });
  expect(await project.run('a -- x')).toEqual({
    exit: 2,
    stdout: '',
    stderr: `error: the command of task \`a\` ends in \`${end}\`, after which no words can follow, so it takes none after \`--\`
hint: declare \`args: { name: word }\` and write \`\${args}\` where they belong
`,
  });
});

test('words after `--` stand where `${args}` does, where none can follow the command', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  loop: { args: { name: word }, run: 'for i in \${args}; do echo "<$i>"; done' }
  each: { matrix: { on: [a] }, args: { name: word }, run: '(echo \${on} \${args})' }
  some: { args: { name: word, values: [a, --b] }, run: 'echo \${args} # some' }
  plain: { args: { name: word }, run: 'echo [\${args}] end' }
`,
  });
  expect((await project.run('loop a -- --force b')).stdout).toContain('<a>\n<--force>\n<b>\n');
  expect((await project.run('each -- --force')).stdout).toContain('\na --force\n');
  expect((await project.run('some -- a --b')).stdout).toContain('a --b\n');
  expect((await project.run('some -- c')).stderr).toContain('`c` is not a word of task `some`');
  expect((await project.run('plain a -- --force')).stdout).toContain('[a] end --force\n');
});

test.each([
  ['echo all done', 'all done x'],
  ['for i in 1; do :; done; echo fi', 'fi x'],
  ['echo $(echo a)', 'a x'],
  ['echo $((1 + (2)))', '3 x'],
  ['echo "(b)"', '(b) x'],
  ['echo \\)', ') x'],
  ['echo a\\; done', 'a; done x'],
  ['echo a > out; echo $${HOME:+b} }', 'b } x'],
])('they are taken where such a word is an argument: %s', async (run, said) => {
  const tasks = { a: { run } };
  await using project = await createProject({ 'tasks.config.yaml': JSON.stringify({ version: 1, tasks }) });
  expect((await project.run('a -- x')).stdout).toContain(`\n${said}\n`);
});

test('where a value cannot be quoted, the config is refused, with what to write instead', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  ticks: { params: { s: {} }, run: 'echo \`date \${s}\`' }
  sum: { params: { s: {}, n: { type: int } }, run: 'echo $((\${n} + 1)) $((\${s} + 1))' }
  document: { params: { s: {} }, run: "cat <<END\\n\${s}\\nEND" }
  slash: { params: { s: {} }, run: 'echo "\\\${s}"' }
  again: { params: { s: {} }, run: 'sh -c "echo \${s}"' }
  whole: { params: { s: {} }, run: 'sh -c "\${s}"' }
  words: { args: { name: word }, finally: 'trap "rm \${args}" EXIT', run: 'eval echo \${args}' }
`,
  });
  const { exit, stderr } = await project.run('--list');
  expect({ exit, stderr }).toMatchInlineSnapshot(`
    {
      "exit": 3,
      "stderr": "error: \`\${s}\` is in backticks, where it cannot be quoted safely
      --> tasks.config.yaml:3:48
       |   ticks: { params: { s: {} }, run: 'echo \`date \${s}\`' }
       |                                                ^^^^
    hint: write \`$(…)\` instead of backticks
    error: \`\${s}\` is in \`$((…))\`, where it cannot be quoted safely
      --> tasks.config.yaml:4:75
       |   sum: { params: { s: {}, n: { type: int } }, run: 'echo $((\${n} + 1)) $((\${s} + 1))' }
       |                                                                           ^^^^
    hint: declare a number with \`type: int\`
    error: \`\${s}\` is in a here-document, where it cannot be quoted safely
      --> tasks.config.yaml:5:51
       |   document: { params: { s: {} }, run: "cat <<END\\n\${s}\\nEND" }
       |                                                   ^^^^
    hint: pass it in a variable: \`env: { S: '\${s}' }\`, and write \`$S\`
    error: \`\${s}\` is right after a backslash, where it cannot be quoted safely
      --> tasks.config.yaml:6:44
       |   slash: { params: { s: {} }, run: 'echo "\\\${s}"' }
       |                                            ^^^^
    hint: leave out the backslash; for a variable of the shell, write \`$\${s}\`
    error: \`\${s}\` is in a string that is interpreted as a command once more, where it cannot be quoted safely
      --> tasks.config.yaml:7:49
       |   again: { params: { s: {} }, run: 'sh -c "echo \${s}"' }
       |                                                 ^^^^
    hint: pass it in a variable: \`env: { S: '\${s}' }\`, and write \`$S\`
    error: \`\${args}\` is in a string that is interpreted as a command once more, where it cannot be quoted safely
      --> tasks.config.yaml:9:53
       |   words: { args: { name: word }, finally: 'trap "rm \${args}" EXIT', run: 'eval echo \${args}' }
       |                                                     ^^^^^^^
    hint: pass them to a script or program as its arguments
    error: \`\${args}\` is in a string that is interpreted as a command once more, where it cannot be quoted safely
      --> tasks.config.yaml:9:85
       |   words: { args: { name: word }, finally: 'trap "rm \${args}" EXIT', run: 'eval echo \${args}' }
       |                                                                                     ^^^^^^^
    hint: pass them to a script or program as its arguments
    ",
    }
  `);
});

test.each([
  'sh -c "echo ${s} now"',
  'bash -euo pipefail -c "echo ${s}"',
  'sh -o errexit -c "echo ${s}"',
  'bash -ce "echo ${s}"',
  'sh -c -e "echo ${s}"',
  'sh > out -c "echo ${s}"',
  'sh -c "echo $(echo ${s} )"',
  '"sh" "-c" "echo ${s}"',
  '$SHELL -lc "echo ${s}"',
  '${t} -c "echo ${s}"',
  'su -s /bin/sh nobody -c "echo ${s}"',
  '"eval" "echo ${s}"',
  '\\eval "echo ${s}"',
  'eval 2>&1 "echo ${s}"',
  'twice() { "$@"; "$@"; }; twice eval "echo ${s}"',
  'git() { command git "$@"; }; time eval "git ${s}"',
  'git() { eval "echo ${s}"; }; git',
  'git()\n{\n eval "echo ${s}"\n}',
  'case x in y) ;; echo) eval "echo ${s}" ;; esac',
  'case x in\n echo) eval "echo ${s}" ;; esac',
  'case x in\n (echo) eval "echo ${s}" ;; esac',
  'echo $(eval "echo ${s}")',
  'echo a |& eval "echo ${s}"',
  'echo <(eval "echo ${s}")',
  "alias x='echo ${s}'\nx",
  'if (( ${s} > 1 )); then echo more; fi',
  '[[ ${s} -gt 1 ]] && echo more',
  '[[ 1 -gt 0 && ${s} -gt 1 ]] && echo more',
  'let n=${s}',
  'declare -i n=${s}',
  'a[${s}]=1',
  'echo $${HOME:${s}}',
  'echo $[ ${s} ]',
])('no config says this: %s', async (run) => {
  const tasks = { say: { params: { s: {}, t: {} }, run } };
  await using project = await createProject({ 'tasks.config.yaml': JSON.stringify({ version: 1, tasks }) });
  const { exit, stdout, stderr } = await project.run('say --t=sh --s=x;pwned');
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  expect(stderr).toMatch(/^error: `\$\{s\}` is .*, where it cannot be quoted safely$/m);
});

test.each([
  ['sh -c \'printf "[%s]" "$1"\' sh ${s}', '[x;y]'],
  ['printf "[%s]" ${s} -c', '[x;y][-c]'],
  ['echo retried ${s} 2>&1 | cat', 'retried x;y'],
  ['sh ./print.sh -c "a ${s}"', '-c a x;y'],
  ['n=${s}; echo "$n" > out; cat out', 'x;y'],
  ['printf "[%s]" commit -m eval -m ${s}', '[commit][-m][eval][-m][x;y]'],
  ['echo the trap "of ${s}"', 'the trap of x;y'],
  ['export n=${s}; echo "$n"', 'x;y'],
])('a value stays a word where none is read again: %s', async (run, said) => {
  const tasks = { say: { params: { s: {} }, run } };
  const files = { 'tasks.config.yaml': JSON.stringify({ version: 1, tasks }), 'print.sh': 'echo "$*"' };
  await using project = await createProject(files);
  expect((await project.run('say --s=x;y')).stdout).toContain(`${said}\n`);
});

const pieces = [
  '"',
  "'",
  '`',
  '$(',
  ')',
  '(',
  '$((',
  '))',
  '$${x:-',
  '$${x}',
  '}',
  '\\',
  '\n',
  '#',
  ' ',
  '<<E',
  '<<-"E"',
  'E',
  '\t',
  '$',
  "$'",
];
const words = [
  '${s}',
  '${s}',
  '${s}',
  '${args}',
  'echo ',
  'case x in x) ',
  ';;',
  'esac',
  'eval ',
  'trap ',
  'sh -c ',
  'a',
  '=',
  '&',
  '|',
  ';',
  '{',
  '[',
  '!',
  '<',
  '<<<',
  'sh -c "',
  'sh -ec ',
  'sh -o errexit -c ',
  '"eval" ',
  '2>&1 ',
  '\\\n',
  '((',
  '$[',
  '[[ ',
  ' ]]',
  ' -eq 1 ',
  ' && ',
  'let ',
  '$${x:',
  'declare -i y=',
  'y=',
];

/** What is nothing but the value was meant to be typed as a command. */
const isMeant = (text: string): boolean => /c\s+(["']?)\$\{(?:s|args)\}\1(?:[\s;&|()<>]|$)/.test(text);

test.each(['dash', 'bash'])('no command that is not refused lets %s read a value', async (shell) => {
  if (spawnSync(shell, ['-c', ':']).error !== undefined) return;
  await using project = await createProject({});
  await project.program('pwned', `/bin/touch ${project.path('was-run')}`);
  await symlink(`/bin/${shell}`, project.path('bin/sh'));
  const command = fc.array(fc.constantFrom(...pieces, ...words), { minLength: 2, maxLength: 14 });
  const foundOnce = ['$${x}', '#', '$((', "'", '${s}', 'echo ', "$'", 'eval ', '))', 'echo ', ' ', '\t'];
  fc.assert(
    fc.property(command, fc.constantFrom(...hostile), (parts, value) => {
      const text = parts.join('');
      fc.pre(!isMeant(text));
      const isWord = (name: string) => name === 's' || name === 'args';
      const spots = wordsIn(parseTemplate(text), { written: () => '', isWord });
      fc.pre(spots.length > 0 && spots.every(({ spot }) => spot.kind !== 'unsafe'));
      const filled = fillCommand(text, { written: () => '', words: (name) => (isWord(name) ? [value] : undefined) });
      runIn(project, shell, filled);
      const wasRun = existsSync(project.path('was-run'));
      rmSync(project.path('was-run'), { force: true });
      return !wasRun;
    }),
    // The same cases in every run: to look for others, give another seed.
    { numRuns: 150, examples: [[foundOnce, '}$(pwned)']], seed: Number(process.env.TASKS_TEST_SEED ?? 1) },
  );
});

function runIn(project: Project, shell: string, command: string): void {
  spawnSync(`/bin/${shell}`, ['-c', command], {
    cwd: project.folder,
    env: { PATH: project.path('bin') },
    timeout: 5_000,
    stdio: 'ignore',
  });
}
