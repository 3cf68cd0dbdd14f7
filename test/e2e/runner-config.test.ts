/** What is wrong in how a config is written is shown with its place, all of it in one run, and nothing is executed. */
import { expect, test } from 'vitest';
import { errorsOf } from '../helpers/config-errors.ts';
import { createProject } from '../helpers/project.ts';

test('an unknown task is pointed at, with the name that was probably meant', async () => {
  expect(await errorsOf('version: 1\ntasks:\n  build: { run: make }\n  test:\n    needs: [biuld]\n')).toBe(
    `error: task \`test\` needs unknown task \`biuld\`, did you mean \`build\`?
  --> tasks.config.yaml:5:13
   |     needs: [biuld]
   |             ^^^^^
`,
  );
});

test('what no process can be started with is refused where it stands', async () => {
  const config = `version: 1
tasks:
  a: { run: "echo \\0", env: { B: "\\x00", "C=D": e } }
`;
  expect(await errorsOf(config)).toBe(`error: a NUL byte (\`\\0\`) is not allowed in a command, a variable or a name
  --> tasks.config.yaml:3:13
   |   a: { run: "echo \\0", env: { B: "\\x00", "C=D": e } }
   |             ^^^^^^^^^
hint: for the shell's \`printf\` write \`\\\\0\` in double quotes, or quote with single ones
error: a NUL byte (\`\\0\`) is not allowed in a command, a variable or a name
  --> tasks.config.yaml:3:34
   |   a: { run: "echo \\0", env: { B: "\\x00", "C=D": e } }
   |                                  ^^^^^^
hint: for the shell's \`printf\` write \`\\\\0\` in double quotes, or quote with single ones
error: \`C=D\` cannot be used: a variable has a name, without \`=\` in it
  --> tasks.config.yaml:3:42
   |   a: { run: "echo \\0", env: { B: "\\x00", "C=D": e } }
   |                                          ^^^^^
`);
});

test('all errors are shown in one run, from top to bottom', async () => {
  const config = `version: 2
vars: { image: x }
policy:
  - { on: darwin, forbid: host, tasks: ['nothing:*'], because: reasons, instead: that }
checks:
  clang: { id: TC1, comand: clang --version }
  gcc: { id: GC001, command: gcc --version, version: about 4 }
tasks:
  a:
    neds: [b]
    timeout: soon
    run: echo \${imag} $HOME
  b:
    run: [echo, 5]
    requires: [clangg]
    params: { fix: {}, size: { type: int, default: big } }
    aliases: [a]
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: \`version\` must be 1, not 2
      --> tasks.config.yaml:1:10
       | version: 2
       |          ^
    error: policy matches no task with \`nothing:*\`
      --> tasks.config.yaml:4:41
       |   - { on: darwin, forbid: host, tasks: ['nothing:*'], because: reasons, instead: that }
       |                                         ^^^^^^^^^^^
    hint: tasks are \`a\`, \`b\`
    error: \`id\` of check \`clang\` is \`TC1\`: an id is two to four capitals and three digits: \`EN001\`
      --> tasks.config.yaml:6:16
       |   clang: { id: TC1, comand: clang --version }
       |                ^^^
    error: check \`clang\` has unknown key \`comand\`, did you mean \`command\`?
      --> tasks.config.yaml:6:21
       |   clang: { id: TC1, comand: clang --version }
       |                     ^^^^^^
    hint: valid keys are \`id\`, \`command\`, \`version\`, \`about\`, \`group\`, \`needs\`, \`platforms\`, \`install\`, \`docs\`, \`script\`
    error: \`about 4\` is not a version range
      --> tasks.config.yaml:7:54
       |   gcc: { id: GC001, command: gcc --version, version: about 4 }
       |                                                      ^^^^^^^
    hint: write a range as in \`>=1.2\` or \`^4.3\`
    error: task \`a\` has unknown key \`neds\`, did you mean \`needs\`?
      --> tasks.config.yaml:10:5
       |     neds: [b]
       |     ^^^^
    hint: valid keys are <those of a task>
    error: \`timeout\` of task \`a\` is \`soon\`: a duration is written \`500ms\`, \`30s\`, \`5m\` or \`1h\`
      --> tasks.config.yaml:11:14
       |     timeout: soon
       |              ^^^^
    error: unknown name \`imag\` in \`\${imag}\`, did you mean \`image\`?
      --> tasks.config.yaml:12:15
       |     run: echo \${imag} $HOME
       |               ^^^^^^^
    hint: names are those of \`vars\` and \`params\`; for a variable of the shell, write \`$imag\` or \`$\${imag}\`
    error: item 2 of \`run\` of task \`b\` must be a string, not 5
      --> tasks.config.yaml:14:17
       |     run: [echo, 5]
       |                 ^
    error: task \`b\` requires unknown check \`clangg\`, did you mean \`clang\`?
      --> tasks.config.yaml:15:16
       |     requires: [clangg]
       |                ^^^^^^
    error: param \`fix\` of task \`b\` has the name of a flag of the runner
      --> tasks.config.yaml:16:15
       |     params: { fix: {}, size: { type: int, default: big } }
       |               ^^^
    hint: give it another name
    error: the default of param \`size\` of task \`b\` must be a whole number
      --> tasks.config.yaml:16:52
       |     params: { fix: {}, size: { type: int, default: big } }
       |                                                    ^^^
    error: alias \`a\` of task \`b\` already names task \`a\`
      --> tasks.config.yaml:17:15
       |     aliases: [a]
       |               ^
    "
  `);
});

test('YAML that cannot be read is pointed at', async () => {
  expect(await errorsOf('version: 1\ntasks:\n  a: { run: [echo }\n')).toMatchInlineSnapshot(`
    "error: a \`]\` is missing before this
      --> tasks.config.yaml:3:19
       |   a: { run: [echo }
       |                   ^
    "
  `);
});

test('a list given for a map, or a map for a list, is said in those words', async () => {
  expect(await errorsOf('[]')).toMatchInlineSnapshot(`
    "error: the config must be a map, not a list
      --> tasks.config.yaml:1:1
       | []
       | ^^
    "
  `);
  const config = 'version: 1\nvars: [5]\ntasks:\n  a: []\n  b: { params: { x: [] }, run: { y: 1 } }\n  c:\n';
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: \`vars\` must be a map, not a list
      --> tasks.config.yaml:2:7
       | vars: [5]
       |       ^^^
    error: task \`a\` must be a map, not a list
      --> tasks.config.yaml:4:6
       |   a: []
       |      ^^
    hint: commands belong in \`run\`, tasks that run first belong in \`needs\`: \`a: { needs: […] }\`
    error: \`x\` in \`params\` of task \`b\` must be a map, not a list
      --> tasks.config.yaml:5:21
       |   b: { params: { x: [] }, run: { y: 1 } }
       |                     ^^
    error: \`run\` of task \`b\` must be a string or a list of strings, not a map
      --> tasks.config.yaml:5:32
       |   b: { params: { x: [] }, run: { y: 1 } }
       |                                ^^^^^^^^
    error: task \`c\` must be a map, not empty
      --> tasks.config.yaml:6:5
       |   c:
       |     ^
    "
  `);
});

const longTable = [...'abcdefghi', 'a', ...'jklmnop'].map((name) => `${name}: { run: 日本 $HOME }`).join(', ');

test.each([
  ['a reference outside of quotes', 'tasks:\n  a: { run: echo ${x} }\n'],
  ['an anchor that is missing', 'tasks: *x\n'],
  ['an anchor within itself', 'tasks: &x\n  <<: *x\n'],
  ['a list within itself', 'tasks:\n  a:\n    run: &x [echo, *x]\n'],
  ['a map within a part of it', 'tasks: &x\n  a: { env: { A: *x } }\n'],
  ['one long line', `{ tasks: { ${longTable} } }`],
  ['a colon in a text', 'tasks:\n  a:\n    run: x: y\n'],
  ['a wrong indentation', 'tasks:\n  a:\n    run: echo\n   b: c\n'],
  [
    'a name in a table, with what stands below it',
    'tasks:\n  a: { run: echo ${x} }\n  b: { run: ls }\n  c: { run: "${y}" }\n',
  ],
  ['a negation', 'version: 1\ntasks:\n  a: { run: ! grep x, inputs: [src, !src/gen/**], neds: [] }\n'],
  ['a glob', 'tasks: { a: { inputs: [*.c] } }\n'],
  ['a test', 'tasks:\n  a:\n    run: [ -f x ] && echo\n'],
  ['signs of make', 'tasks:\n  a:\n    run:\n      - @echo\n      - `date`\n      - "a" b\n'],
  ['a tab', 'tasks:\n\ta: {}\n'],
  ['a second document', '--- {}\n--- {}\n'],
])('a slip of YAML is told in plain words: %s', async (_what, config) => {
  expect(await errorsOf(config)).toMatchSnapshot();
});

test('what `<<` and an alias take in is wrong where it is written', async () => {
  const config = `version: 1
tasks:
  a: &common { run: echo, bogus: 1, env: &env { A: [] } }
  b:
    <<: [{ timeout: soon }, { hidden: true }]
    run: echo
  c: { <<: *common, run: echo }
  d: { run: echo, env: *env }
`;
  const places = (await errorsOf(config)).match(/(?<=-->.*:)\d+:\d+/g);
  expect(places).toEqual(['3:27', '3:27', '3:52', '3:52', '3:52', '5:21']);
});

test('lists that are too deep to be read are told as that', async () => {
  expect(await errorsOf(`tasks: { a: { run: ${'['.repeat(5000)}`)).toContain(
    'error: there are too many lists or maps within each other here\n  --> tasks.config.yaml:1:',
  );
});

test('vars that multiply are told where they become too long, and what uses that one is not told too', async () => {
  const vars = Array.from({ length: 11 }, (_, index) => `  v${index + 1}: "${`\${v${index}}`.repeat(10)}"\n`);
  const config = `version: 1\nvars:\n  v0: "0123456789"\n${vars.join('')}tasks: { a: { run: 'echo \${v11}' } }\n`;
  expect(
    await errorsOf(config),
  ).toBe(`error: var \`v6\` would be 10000000 characters long with all that it uses filled in
  --> tasks.config.yaml:9:7
   |   v6: "${'${v5}'.repeat(10)}"
   |       ${'^'.repeat(52)}
hint: no command can be longer than 1048576 characters: keep what is so long in a file, and name that
`);
});

test('a merge conflict is told as one, and not as what follows from it', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
<<<<<<< HEAD
  a: { run: echo ours }
=======
  a: { run: echo theirs }
>>>>>>> branch
`,
  });
  expect((await project.run('a')).stderr).toBe(`error: a merge conflict begins here
  --> tasks.config.yaml:3:1
   | <<<<<<< HEAD
   | ^^^^^^^^^^^^
hint: keep what is to stay, and remove the lines that begin with \`<<<<<<<\`, \`=======\` and \`>>>>>>>\`
`);
});

test('a key that is given twice is an error', async () => {
  expect(await errorsOf('version: 1\ntasks:\n  a: { run: echo }\n  a: { run: ls }\n')).toMatchInlineSnapshot(`
    "error: key \`a\` is given twice
      --> tasks.config.yaml:4:3
       |   a: { run: ls }
       |   ^
    "
  `);
});

test('a key that is given twice hides no other mistake', async () => {
  const config = `version: 1
tasks:
  a: { run: x, run: y, timeout: soon }
  b: { needs: [zz] }
  a: { run: x }
tasks:
  c: { abuot: x, needs: [a] }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: key \`run\` is given twice
      --> tasks.config.yaml:3:16
       |   a: { run: x, run: y, timeout: soon }
       |                ^^^
    error: \`timeout\` of task \`a\` is \`soon\`: a duration is written \`500ms\`, \`30s\`, \`5m\` or \`1h\`
      --> tasks.config.yaml:3:33
       |   a: { run: x, run: y, timeout: soon }
       |                                 ^^^^
    error: task \`b\` needs unknown task \`zz\`
      --> tasks.config.yaml:4:16
       |   b: { needs: [zz] }
       |                ^^
    error: key \`a\` is given twice
      --> tasks.config.yaml:5:3
       |   a: { run: x }
       |   ^
    error: key \`tasks\` is given twice
      --> tasks.config.yaml:6:1
       | tasks:
       | ^^^^^
    error: task \`c\` has unknown key \`abuot\`, did you mean \`about\`?
      --> tasks.config.yaml:7:8
       |   c: { abuot: x, needs: [a] }
       |        ^^^^^
    hint: valid keys are <those of a task>
    "
  `);
});

test('names that YAML or JavaScript keeps for itself are told, at their place', async () => {
  const config = `version: 1
tasks:
  a: { run: echo a }
  null: { run: echo n }
  constructor: { run: echo c }
  __proto__: { run: echo p, env: { prototype: x } }
vars: { constructor: x }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: a key that is empty, or \`null\` without quotes, cannot be used: a name is letters, digits and \`_ . : -\`, and begins with a letter or digit
      --> tasks.config.yaml:4:3
       |   null: { run: echo n }
       |   ^^^^
    hint: write \`'null'\` if that is the name
    error: \`constructor\` cannot be used: JavaScript reserves this name
      --> tasks.config.yaml:5:3
       |   constructor: { run: echo c }
       |   ^^^^^^^^^^^
    error: \`__proto__\` cannot be used: JavaScript reserves this name
      --> tasks.config.yaml:6:3
       |   __proto__: { run: echo p, env: { prototype: x } }
       |   ^^^^^^^^^
    error: \`constructor\` cannot be used: JavaScript reserves this name
      --> tasks.config.yaml:7:9
       | vars: { constructor: x }
       |         ^^^^^^^^^^^
    "
  `);
});

test('a name that every JavaScript object has is a name like others', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  toString: { params: { valueOf: { default: '1' } }, run: 'echo ${valueOf}' }\n  'null': { run: echo n }\n",
  });
  expect((await project.run('toString --valueOf=2')).stdout).toContain('\n2\n');
  expect((await project.run('null')).stdout).toContain('\nn\n');
  expect(await project.run('hasOwnProperty')).toMatchObject({ exit: 2, stdout: '' });
});

test('a key deep inside is told with its own name; a script, an input, a `}` that are missing are told too', async () => {
  const config = `version: 1
tasks:
  a: { service: { run: x, ready: { tcp: 1, within: 5x } } }
  b: { script: nothing.ts }
  c: { inputs: [''], run: echo hi }
  d: { run: 'echo \${a' }
  e: { run: 'echo $\${a \${x:-\${y}}' }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: \`within\` in \`ready\` of task \`a\` is \`5x\`: a duration is written \`500ms\`, \`30s\`, \`5m\` or \`1h\`
      --> tasks.config.yaml:3:52
       |   a: { service: { run: x, ready: { tcp: 1, within: 5x } } }
       |                                                    ^^
    error: there is no script \`nothing.ts\`
      --> tasks.config.yaml:4:16
       |   b: { script: nothing.ts }
       |                ^^^^^^^^^^
    error: an input of task \`c\` is empty
      --> tasks.config.yaml:5:17
       |   c: { inputs: [''], run: echo hi }
       |                 ^^
    hint: name files or globs
    error: a \`}\` is missing after \`\${a\`
      --> tasks.config.yaml:6:19
       |   d: { run: 'echo \${a' }
       |                   ^^^
    hint: \`$\${\` is a \`\${\` for the shell
    error: a \`}\` is missing after \`\${x:-\`
      --> tasks.config.yaml:7:24
       |   e: { run: 'echo $\${a \${x:-\${y}}' }
       |                        ^^^^^
    hint: \`$\${\` is a \`\${\` for the shell
    error: unknown name \`y\` in \`\${y}\`
      --> tasks.config.yaml:7:29
       |   e: { run: 'echo $\${a \${x:-\${y}}' }
       |                             ^^^^
    hint: names are those of \`vars\` and \`params\`; for a variable of the shell, write \`$y\` or \`$\${y}\`
    "
  `);
});

test('carets stand below what they mean, behind signs of two columns and of none too', async () => {
  const stderr = await errorsOf(
    'version: "1"\ntasks:\n  a: { about: "日本語 🎉 e\u0301", run: "echo 한 ${語}" }\n  b: echo hi\n',
  );
  expect(stderr).toBe(`error: \`version\` must be 1, without quotes
  --> tasks.config.yaml:1:10
   | version: "1"
   |          ^^^
error: unknown name \`語\` in \`\${語}\`
  --> tasks.config.yaml:3:41
   |   a: { about: "日本語 🎉 e\u0301", run: "echo 한 \${語}" }
   |                                            ^^^^^
hint: names are those of \`vars\` and \`params\`; for a variable of the shell, write \`$\${語}\`
error: task \`b\` must be a map, not \`echo hi\`
  --> tasks.config.yaml:4:6
   |   b: echo hi
   |      ^^^^^^^
hint: a command belongs in \`run\`: \`b: { run: … }\`
`);
});

test('a key as another runner calls it is told with the word that it has here', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\nscripts: {}\ntasks:\n  a: { desc: x, deps: [b], cmds: [echo], sources: [a], generates: [b], dir: c, dependsOn: [b] }\n  b: {}\n',
  });
  const { exit, stderr } = await project.run('--list');
  expect(exit).toBe(3);
  const told = [...stderr.matchAll(/unknown key `(\w+)`, did you mean `(\w+)`/g)].map(([, theirs, ours]) => [
    theirs,
    ours,
  ]);
  expect(Object.fromEntries(told)).toEqual({
    scripts: 'tasks',
    desc: 'about',
    deps: 'needs',
    cmds: 'run',
    sources: 'inputs',
    generates: 'outputs',
    dir: 'cwd',
    dependsOn: 'needs',
  });
  await project.write('tasks.config.yaml', 'version: 1\nscripts:\n  a: { run: echo }\n');
  expect((await project.run('--list')).stderr.match(/^error: .*/gm)).toEqual([
    'error: the config has unknown key `scripts`, did you mean `tasks`?',
  ]);
});
