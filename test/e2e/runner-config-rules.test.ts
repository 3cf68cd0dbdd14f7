/** What a config says that does not go together, or that cannot be, is shown with its place, and nothing is executed. */
import { expect, test } from 'vitest';
import { errorsOf } from '../helpers/config-errors.ts';
import { createProject } from '../helpers/project.ts';

test('tasks that need each other are refused with the whole path', async () => {
  expect(
    await errorsOf(
      'version: 1\ntasks:\n  a: { needs: [b] }\n  b: { needs: [c] }\n  c: { needs: [a] }\n  d: { needs: [d] }\n',
      'd',
    ),
  ).toMatchInlineSnapshot(`
    "error: tasks need each other in a cycle: \`a\` → \`b\` → \`c\` → \`a\`
      --> tasks.config.yaml:5:16
       |   c: { needs: [a] }
       |                ^
    error: task \`d\` needs itself
      --> tasks.config.yaml:6:16
       |   d: { needs: [d] }
       |                ^
    "
  `);
});

test('a var that uses an unknown one is told the nearest, or that it comes too early', async () => {
  const config = `version: 1
vars: { image: a, full: '\${imge}/x', early: '\${later}', later: b }
tasks: { a: {} }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: unknown name \`imge\` in \`\${imge}\`, did you mean \`image\`?
      --> tasks.config.yaml:2:26
       | vars: { image: a, full: '\${imge}/x', early: '\${later}', later: b }
       |                          ^^^^^^^
    hint: names are those of \`vars\` and \`params\`; for a variable of the shell, write \`$imge\` or \`$\${imge}\`
    error: unknown name \`later\` in \`\${later}\`
      --> tasks.config.yaml:2:46
       | vars: { image: a, full: '\${imge}/x', early: '\${later}', later: b }
       |                                              ^^^^^^^^
    hint: a var may use those above it: move \`later\` up
    "
  `);
});

test('what another runner writes otherwise is told with the way here, and valid keys are listed once', async () => {
  const config = `version: 1
vars: { X: { sh: git rev-parse HEAD } }
env: { A: b }
tasks:
  a: { shell: bash, vars: { a: b }, deps: [b], srcs: [x], ignore_error: true, foo: 1 }
  b: { run: echo, timeout: 30, retry: 3, needs: [{ task: c }] }
  c: { run: [{ task: 'a:b' }, { cmd: x }, { defer: y }, echo a: b] }
  d: [a, b]
  e: { matrix: { arch: [{ name: x86, cc: gcc }] }, run: x }
`;
  const told = (await errorsOf(config)).split('\n').filter((line) => /^(error|hint)/.test(line));
  expect(told).toMatchInlineSnapshot(`
    [
      "error: var \`X\` must be a string, a number, true or false, not a map",
      "hint: write \`$(git rev-parse HEAD)\`, which each command that uses it runs anew",
      "error: the config has unknown key \`env\`",
      "hint: \`dotenv: [defaults.env]\` sets variables for all tasks, \`env\` of a task those of one",
      "error: task \`a\` has unknown key \`shell\`",
      "hint: commands are for /bin/sh: what needs bash goes into a script, \`run: bash build.sh\`",
      "error: task \`a\` has unknown key \`vars\`",
      "hint: values for one task are its \`params\`, with a \`default\`",
      "error: task \`a\` has unknown key \`deps\`, did you mean \`needs\`?",
      "hint: valid keys are <those of a task>",
      "error: task \`a\` has unknown key \`srcs\`, did you mean \`inputs\`?",
      "error: task \`a\` has unknown key \`ignore_error\`",
      "hint: write \`command || true\`",
      "error: task \`a\` has unknown key \`foo\`",
      "error: \`timeout\` of task \`b\` must be a string, not 30",
      "hint: write \`30s\`",
      "error: \`retry\` of task \`b\` must be a map, not 3",
      "hint: write \`retry: { times: 3 }\`",
      "error: item 1 of \`needs\` of task \`b\` must be a string, not a map",
      "hint: write \`c\`",
      "error: item 1 of \`run\` of task \`c\` must be a string, not a map",
      "hint: write \`tasks a:b\` as a step, or name it in \`needs\` to run first",
      "error: item 2 of \`run\` of task \`c\` must be a string, not a map",
      "hint: write the command alone",
      "error: item 3 of \`run\` of task \`c\` must be a string, not a map",
      "hint: what runs at the end belongs in \`finally\`",
      "error: item 4 of \`run\` of task \`c\` must be a string, not a map",
      "hint: put a string that contains a colon and a space in quotes",
      "error: task \`d\` must be a map, not a list",
      "hint: commands belong in \`run\`, tasks that run first belong in \`needs\`: \`d: { needs: […] }\`",
      "error: item 1 of \`arch\` in \`matrix\` of task \`e\` must be a string or a number, not a map",
      "hint: what belongs to a value is chosen in the command: \`case \${…} in …\`",
    ]
  `);
});

test('what only a shell fills in is refused where none reads', async () => {
  const config = `version: 1
vars: { commit: $(git rev-parse HEAD) }
tasks:
  a:
    env: { PATH: './bin:$PATH', FLAGS: '$\${FLAGS-} -g', AT: '\${commit}' }
    cwd: $HOME/src
    inputs: ['$(find src)', { command: echo $HOME }]
    run: echo $(date) $HOME \${commit}
  b: { env: { A: 'a$', B: 'pa$word', C: '$ORIGIN/lib', D: '$$' }, service: { run: x, ready: { http: 'http://x:\${PORT}' } } }
  c: { env: { SHARED: '$HOME/shared' }, script: tasks.config.yaml }
  d: { cwd: '$(dirname $(pwd))/(x)', run: 'true', confirm: 'Publish \${commit} for $5?' }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: no shell reads \`env\` of task \`a\`, so \`$PATH\` would stay as it is
      --> tasks.config.yaml:5:25
       |     env: { PATH: './bin:$PATH', FLAGS: '$\${FLAGS-} -g', AT: '\${commit}' }
       |                         ^^^^^
    hint: set it in the command: \`export PATH="…"; …\`
    error: no shell reads \`env\` of task \`a\`, so \`\${FLAGS-}\` would stay as it is
      --> tasks.config.yaml:5:42
       |     env: { PATH: './bin:$PATH', FLAGS: '$\${FLAGS-} -g', AT: '\${commit}' }
       |                                          ^^^^^^^^^
    hint: set it in the command: \`export FLAGS="…"; …\`
    error: no shell reads \`env\` of task \`a\`, so \`$(git rev-parse HEAD)\` would stay as it is
      --> tasks.config.yaml:5:61
       |     env: { PATH: './bin:$PATH', FLAGS: '$\${FLAGS-} -g', AT: '\${commit}' }
       |                                                             ^^^^^^^^^^^
    hint: set it in the command: \`export AT="…"; …\`
    error: no shell reads \`cwd\` of task \`a\`, so \`$HOME\` would stay as it is
      --> tasks.config.yaml:6:10
       |     cwd: $HOME/src
       |          ^^^^^
    hint: only a command can have it: write here what it stands for
    error: no shell reads \`inputs\` of task \`a\`, so \`$(find src)\` would stay as it is
      --> tasks.config.yaml:7:15
       |     inputs: ['$(find src)', { command: echo $HOME }]
       |               ^^^^^^^^^^^
    hint: only a command can have it: write here what it stands for
    error: unknown name \`PORT\` in \`\${PORT}\`
      --> tasks.config.yaml:9:111
       |   b: { env: { A: 'a$', B: 'pa$word', C: '$ORIGIN/lib', D: '$$' }, service: { run: x, ready: { http: 'http://x:\${PORT}' } } }
       |                                                                                                               ^^^^^^^
    hint: names are those of \`vars\` and \`params\`; no shell reads this, so it cannot name an environment variable
    error: no shell reads \`env\` of task \`c\`, so \`$HOME\` would stay as it is
      --> tasks.config.yaml:10:24
       |   c: { env: { SHARED: '$HOME/shared' }, script: tasks.config.yaml }
       |                        ^^^^^
    hint: set it in the script: \`$({ env: { ...env, SHARED: … } })\`
    error: no shell reads \`cwd\` of task \`d\`, so \`$(dirname $(pwd))\` would stay as it is
      --> tasks.config.yaml:11:14
       |   d: { cwd: '$(dirname $(pwd))/(x)', run: 'true', confirm: 'Publish \${commit} for $5?' }
       |              ^^^^^^^^^^^^^^^^^
    hint: only a command can have it: write here what it stands for
    error: no shell reads \`confirm\` of task \`d\`, so \`$(git rev-parse HEAD)\` would stay as it is
      --> tasks.config.yaml:11:60
       |   d: { cwd: '$(dirname $(pwd))/(x)', run: 'true', confirm: 'Publish \${commit} for $5?' }
       |                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: only a command can have it: write here what it stands for
    "
  `);
});

test('keys that cannot be used together are named', async () => {
  const config = `version: 1
tasks:
  both: { run: make, script: a.ts }
  boxed: { container: x, script: a.ts }
  doctor: { run: echo }
  words: { run: echo, args: { name: file } }
  noWords: { run: 'echo \${args}' }
`;
  expect(await errorsOf(config, '--list', { 'a.ts': '' })).toMatchInlineSnapshot(`
    "error: task \`both\` has both \`run\` and \`script\`
      --> tasks.config.yaml:3:22
       |   both: { run: make, script: a.ts }
       |                      ^^^^^^
    hint: keep one of them
    error: task \`boxed\` names a container for a \`script\`, which runs on this machine
      --> tasks.config.yaml:4:12
       |   boxed: { container: x, script: a.ts }
       |            ^^^^^^^^^
    hint: let the script start the container
    error: task \`doctor\` is built in and cannot be defined here
      --> tasks.config.yaml:5:3
       |   doctor: { run: echo }
       |   ^^^^^^
    error: task \`words\` takes words that its \`run\` does not use
      --> tasks.config.yaml:6:23
       |   words: { run: echo, args: { name: file } }
       |                       ^^^^
    hint: write \`\${args}\` where they belong
    error: task \`noWords\` uses \`\${args}\` but declares no \`args\`
      --> tasks.config.yaml:7:25
       |   noWords: { run: 'echo \${args}' }
       |                         ^^^^^^^
    hint: add \`args: { name: file }\`, with what one of the words is called
    "
  `);
});

test('known failures are checked with their own places', async () => {
  const messages = '- { pattern: "(", cause: c, remedy: r }\n- { pattern: x, check: TC009, cause: c, remedi: r }\n';
  expect(
    await errorsOf('version: 1\nmessages: known.yaml\ntasks: {}\n', '--list', { 'known.yaml': messages }),
  ).toMatchInlineSnapshot(`
    "error: the pattern of message 1 cannot be read: Invalid regular expression: /(/: Unterminated group
      --> known.yaml:1:14
       | - { pattern: "(", cause: c, remedy: r }
       |              ^^^
    error: message 2 names unknown check id \`TC009\`
      --> known.yaml:2:24
       | - { pattern: x, check: TC009, cause: c, remedi: r }
       |                        ^^^^^
    error: message 2 has unknown key \`remedi\`, did you mean \`remedy\`?
      --> known.yaml:2:41
       | - { pattern: x, check: TC009, cause: c, remedi: r }
       |                                         ^^^^^^
    hint: valid keys are \`pattern\`, \`check\`, \`cause\`, \`remedy\`
    "
  `);
  expect(await errorsOf('version: 1\nmessages: missing.yaml\ntasks: {}\n')).toMatchInlineSnapshot(`
    "error: there is no file \`missing.yaml\`
      --> tasks.config.yaml:2:11
       | messages: missing.yaml
       |           ^^^^^^^^^^^^
    "
  `);
});

test('a key that says nothing without another one is refused, with what to do', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  here: { envInputs: [CC], run: echo $CC }
  there: { envInputs: [CC], container: alpine, run: echo $CC }
  quick: { incremental: true, outputs: [out], run: make }
  kept: { cache: true, inputs: [a], run: make }
`,
  });
  const { exit, stderr } = await project.run('--list');
  expect(exit).toBe(3);
  expect(stderr.split('\n').filter((line) => /^(error|hint)/.test(line))).toEqual([
    'error: task `here` has `envInputs` but no `inputs`, so it always runs',
    "hint: add `inputs`, or leave it out: the command gets the caller's variables in any case",
    'error: task `there` has `envInputs` but no `inputs`, so it always runs',
    'hint: add `inputs`',
    'error: task `quick` is `incremental` but has no `inputs`, so it always runs',
    'hint: add `inputs`',
    'error: task `kept` has `cache` but nothing to keep',
    'hint: add both `inputs` and `outputs`',
  ]);
});

test('a platform that does not exist is an error, since what is for it would be skipped everywhere', async () => {
  const config = `version: 1
policy:
  - { on: macos, forbid: host, tasks: [a], because: x, instead: y }
tasks:
  a: { platforms: [linus, linux-amd64, win32], run: echo }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: there is no platform \`macos\`, did you mean \`darwin\`?
      --> tasks.config.yaml:3:11
       |   - { on: macos, forbid: host, tasks: [a], because: x, instead: y }
       |           ^^^^^
    hint: Node knows \`aix\`, \`android\`, \`cygwin\`, \`darwin\`, \`freebsd\`, \`haiku\`, \`linux\`, \`netbsd\`, \`openbsd\`, \`sunos\`, \`win32\`
    error: there is no platform \`linus\`, did you mean \`linux\`?
      --> tasks.config.yaml:5:20
       |   a: { platforms: [linus, linux-amd64, win32], run: echo }
       |                    ^^^^^
    hint: Node knows \`aix\`, \`android\`, \`cygwin\`, \`darwin\`, \`freebsd\`, \`haiku\`, \`linux\`, \`netbsd\`, \`openbsd\`, \`sunos\`, \`win32\`
    error: there is no processor \`amd64\`, did you mean \`x64\`?
      --> tasks.config.yaml:5:33
       |   a: { platforms: [linus, linux-amd64, win32], run: echo }
       |                                 ^^^^^
    hint: Node knows \`arm\`, \`arm64\`, \`ia32\`, \`loong64\`, \`mips\`, \`mipsel\`, \`ppc64\`, \`riscv64\`, \`s390x\`, \`x64\`
    "
  `);
});

test('a duration that no timer can be set for is refused', async () => {
  const config = `version: 1
tasks:
  a: { run: echo a, timeout: 600h, retry: { times: 1, backoff: 99999999999s } }
  b: { run: echo b, timeout: 576h }
`;
  expect(
    await errorsOf(config),
  ).toBe(`error: \`timeout\` of task \`a\` is \`600h\`: a duration is at most 24 days: \`576h\`
  --> tasks.config.yaml:3:30
   |   a: { run: echo a, timeout: 600h, retry: { times: 1, backoff: 99999999999s } }
   |                              ^^^^
error: \`backoff\` in \`retry\` of task \`a\` is \`99999999999s\`: a duration is at most 24 days: \`576h\`
  --> tasks.config.yaml:3:64
   |   a: { run: echo a, timeout: 600h, retry: { times: 1, backoff: 99999999999s } }
   |                                                                ^^^^^^^^^^^^
`);
});

test('a wrong value of a matrix is the only mistake: the tasks of the others are there', async () => {
  const config = `version: 1
tasks:
  a: { matrix: { arch: [x86, 'a b'] }, run: 'echo \${arch}' }
  b: { needs: ['a:x86'] }
  c: { matrix: {}, run: 'echo \${arch}' }
  d: { matrix: { arch: x }, run: 'echo \${arch}' }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: item 2 of \`arch\` in \`matrix\` of task \`a\` is \`a b\`: a value becomes part of a name: letters, digits and \`_ . -\`
      --> tasks.config.yaml:3:30
       |   a: { matrix: { arch: [x86, 'a b'] }, run: 'echo \${arch}' }
       |                              ^^^^^
    error: the \`matrix\` of task \`c\` has no keys
      --> tasks.config.yaml:5:8
       |   c: { matrix: {}, run: 'echo \${arch}' }
       |        ^^^^^^
    error: \`arch\` in \`matrix\` of task \`d\` must be a list, not \`x\`
      --> tasks.config.yaml:6:24
       |   d: { matrix: { arch: x }, run: 'echo \${arch}' }
       |                        ^
    hint: write \`arch: [x]\`
    "
  `);
});

test.each([
  ['needs: a', 'needs: [a]'],
  ['inputs: src/*.c', 'inputs: [src/*.c]'],
  ["inputs: '*.c'", "inputs: ['*.c']"],
  ["inputs: 'it''s'", "inputs: ['it''s']"],
  ["inputs: '{a,b}.c'", "inputs: ['{a,b}.c']"],
])('where a list is wanted, `%s`, the hint is one that can be pasted', async (line, hint) => {
  const task = (text: string) => `version: 1\ntasks:\n  a: {}\n  b:\n    run: echo\n    ${text}\n`;
  expect((await errorsOf(task(line))).split('\n')).toContain(`hint: write \`${hint}\``);
  await using project = await createProject({ 'tasks.config.yaml': task(hint) });
  expect((await project.run('--list')).stderr).toBe('');
});

test('a script may be written by what its task needs; where it is not, that is said without a stack', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  write: { run: 'cp kept.txt made.ts' }
  nothing: {}
  good: { needs: [write], script: made.ts }
  bad: { needs: [nothing], script: never.ts }
`,
    'kept.txt': "export async function run({ log }) { log('ran'); }\n",
  });
  expect((await project.run('good')).stdout).toContain('\nran\n');
  expect((await project.run('bad')).stdout).toContain(
    '▸ bad\n✖ bad failed after <time>: its script `never.ts` does not exist\n',
  );
});

test('a default that is no text is told how it may be written', async () => {
  const params = '{ port: { default: 80 }, ratio: { default: 1.5 }, debug: { default: true } }';
  const stderr = await errorsOf(`version: 1\ntasks:\n  a: { params: ${params}, run: echo }\n`);
  expect(stderr.split('\n').filter((line) => /^(error|hint)/.test(line))).toEqual([
    'error: the default of param `port` of task `a` must be a string',
    "hint: write it in quotes, `'80'`, or add `type: int`",
    'error: the default of param `ratio` of task `a` must be a string',
    "hint: write it in quotes, `'1.5'`",
    'error: the default of param `debug` of task `a` must be a string',
    "hint: write it in quotes, `'true'`, or add `type: bool`",
  ]);
});

test('an unknown name in a lock, and a text that says nothing where something is named, are mistakes', async () => {
  const config = `version: 1
tasks:
  a: { lock: 'of-\${bord}', params: { board: {} }, run: echo }
  b: { container: '', confirm: ' ', lock: [x, ''], run: echo }
  c: { script: '' }
  d: { service: { run: '' } }
`;
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: unknown name \`bord\` in \`\${bord}\`, did you mean \`board\`?
      --> tasks.config.yaml:3:18
       |   a: { lock: 'of-\${bord}', params: { board: {} }, run: echo }
       |                  ^^^^^^^
    hint: names are those of \`vars\` and \`params\`; no shell reads this, so it cannot name an environment variable
    error: \`container\` of task \`b\` is \`\`: it cannot be empty
      --> tasks.config.yaml:4:19
       |   b: { container: '', confirm: ' ', lock: [x, ''], run: echo }
       |                   ^^
    error: \`confirm\` of task \`b\` is \` \`: it cannot be empty
      --> tasks.config.yaml:4:32
       |   b: { container: '', confirm: ' ', lock: [x, ''], run: echo }
       |                                ^^^
    error: item 2 of \`lock\` of task \`b\` is \`\`: it cannot be empty
      --> tasks.config.yaml:4:47
       |   b: { container: '', confirm: ' ', lock: [x, ''], run: echo }
       |                                               ^^
    error: \`script\` of task \`c\` is \`\`: it cannot be empty
      --> tasks.config.yaml:5:16
       |   c: { script: '' }
       |                ^^
    error: \`run\` in \`service\` of task \`d\` is \`\`: it cannot be empty
      --> tasks.config.yaml:6:24
       |   d: { service: { run: '' } }
       |                        ^^
    "
  `);
});

test('a wrong part hides no mistake beside it, and what follows from it is no mistake', async () => {
  const stderr = await errorsOf(`version: 1
include: { gone: nowhere.yaml }
vars: { list: [1] }
policy: [5, { on: linux, forbid: host, tasks: [5, nothing], because: x }]
checks:
  c: { id: 5, command: c, needs: [7, TC999] }
  d: 5
tasks:
  a: { needs: [5, nope, 'gone:x', two words], requires: [c, d, {}, nope], run: [7, 'echo \${nope} \${list}'] }
  b: { inputs: [5, '\${nope}'], outputs: [{}, ../out], lock: [{}, '\${nope}'], run: x }
  two words: { finally: [5, '\${nope}'], env: { A: [], B: '\${A}' } }
  e: { params: { n: 5, 'm m': {}, o: { type: enum, values: [5, x], default: y } }, run: 'echo \${n} \${o}' }
  f: { container: x, run: { a: b }, aliases: [5, a] }
  g: { matrix: { m: [{}, x], n: y }, needs: ['h:\${m}'], run: 'echo \${n}' }
  h: { needs: ['g:x:y'], args: { name: x }, run: [say it: '\${args}'] }
`);
  expect(stderr.match(/(?<=^(error|hint: put a string)).*|(?<=yaml):\d+/gm)).toMatchInlineSnapshot(`
    [
      ": there is no file \`nowhere.yaml\`",
      ":2",
      ": var \`list\` must be a string, a number, true or false, not a list",
      ":3",
      ": policy rule 1 must be a map, not 5",
      ":4",
      ": policy rule 2 has no \`instead\`",
      ":4",
      ": item 1 of \`tasks\` of policy rule 2 must be a string, not 5",
      ":4",
      ": policy matches no task with \`nothing\`",
      ":4",
      ": \`id\` of check \`c\` must be a string, not 5",
      ":6",
      ": item 1 of \`needs\` of check \`c\` must be a string, not 7",
      ":6",
      ": check \`c\` needs unknown id \`TC999\`",
      ":6",
      ": check \`d\` must be a map, not 5",
      ":7",
      ": item 1 of \`needs\` of task \`a\` must be a string, not 5",
      ":9",
      ": task \`a\` needs unknown task \`nope\`",
      ":9",
      ": item 3 of \`requires\` of task \`a\` must be a string, not a map",
      ":9",
      ": task \`a\` requires unknown check \`nope\`",
      ":9",
      ": item 1 of \`run\` of task \`a\` must be a string, not 7",
      ":9",
      ": unknown name \`nope\` in \`\${nope}\`",
      ":9",
      ": item 1 of \`inputs\` of task \`b\` must be a string or a map, not 5",
      ":10",
      ": unknown name \`nope\` in \`\${nope}\`",
      ":10",
      ": item 1 of \`outputs\` of task \`b\` must be a string, not a map",
      ":10",
      ": output \`../out\` of task \`b\` is outside of the project",
      ":10",
      ": item 1 of \`lock\` of task \`b\` must be a string, not a map",
      ":10",
      ": unknown name \`nope\` in \`\${nope}\`",
      ":10",
      ": \`two words\` cannot be used: a name is letters, digits and \`_ . : -\`, and begins with a letter or digit",
      ":11",
      ": item 1 of \`finally\` of task \`two words\` must be a string, not 5",
      ":11",
      ": unknown name \`nope\` in \`\${nope}\`",
      ":11",
      ": \`A\` in \`env\` of task \`two words\` must be a string, a number, true or false, not a list",
      ":11",
      ": unknown name \`A\` in \`\${A}\`",
      ":11",
      ": \`n\` in \`params\` of task \`e\` must be a map, not 5",
      ":12",
      ": \`m m\` cannot be used: a name is letters, digits, \`_\` and \`-\`, and begins with a letter",
      ":12",
      ": item 1 of \`values\` in \`o\` of task \`e\` must be a string, not 5",
      ":12",
      ": the default of param \`o\` of task \`e\` must be one of \`5\`, \`x\`",
      ":12",
      ": \`run\` of task \`f\` must be a string or a list of strings, not a map",
      ":13",
      ": item 1 of \`aliases\` of task \`f\` must be a string, not 5",
      ":13",
      ": alias \`a\` of task \`f\` already names task \`a\`",
      ":13",
      ": item 1 of \`m\` in \`matrix\` of task \`g\` must be a string or a number, not a map",
      ":14",
      ": \`n\` in \`matrix\` of task \`g\` must be a list, not \`y\`",
      ":14",
      ": item 1 of \`run\` of task \`h\` must be a string, not a map",
      ":15",
      " that contains a colon and a space in quotes",
    ]
  `);
});

test('words for a command without a task are refused', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo a }\n' });
  expect(await project.run('-- x')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: words after `--` need a task before them\n',
  });
});
