/** What is wrong in a config is shown with its place, all of it in one run, and nothing is executed. */
import { chmod, rename } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const errorsOf = async (config: string, words = '--list', files: Record<string, string> = {}) => {
  await using project = await createProject({ 'tasks.config.yaml': config, ...files });
  const { exit, stdout, stderr } = await project.run(words);
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  return stderr.replace(/(hint: valid keys are) `about`, `aliases`, .*/, '$1 <those of a task>');
};

test('an unknown task is pointed at, with the name that was probably meant', async () => {
  expect(await errorsOf('version: 1\ntasks:\n  build: { run: make }\n  test:\n    needs: [biuld]\n')).toBe(
    `error: task \`test\` needs unknown task \`biuld\`, did you mean \`build\`?
  --> tasks.config.yaml:5:13
   |     needs: [biuld]
   |             ^^^^^
`,
  );
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
    error: policy names no task with \`nothing:*\`
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
    error: \`about 4\` is no version range
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
    hint: names are those of \`vars\` and \`params\`; for the shell's own, write \`$imag\` or \`$\${imag}\`
    error: item 2 of \`run\` of task \`b\` must be a text, not 5
      --> tasks.config.yaml:14:17
       |     run: [echo, 5]
       |                 ^
    error: task \`b\` requires unknown check \`clangg\`, did you mean \`clang\`?
      --> tasks.config.yaml:15:16
       |     requires: [clangg]
       |                ^^^^^^
    error: param \`fix\` of task \`b\` has the name of a flag of the tool
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

test('a list given for a table, or a table for a list, is said in those words', async () => {
  expect(await errorsOf('[]')).toMatchInlineSnapshot(`
    "error: the config must be a table, not a list
      --> tasks.config.yaml:1:1
       | []
       | ^^
    "
  `);
  const config = 'version: 1\nvars: [5]\ntasks:\n  a: []\n  b: { params: { x: [] }, run: { y: 1 } }\n  c:\n';
  expect(await errorsOf(config)).toMatchInlineSnapshot(`
    "error: \`vars\` must be a table, not a list
      --> tasks.config.yaml:2:7
       | vars: [5]
       |       ^^^
    error: task \`a\` must be a table, not a list
      --> tasks.config.yaml:4:6
       |   a: []
       |      ^^
    error: \`x\` in \`params\` of task \`b\` must be a table, not a list
      --> tasks.config.yaml:5:21
       |   b: { params: { x: [] }, run: { y: 1 } }
       |                     ^^
    error: \`run\` of task \`b\` must be a text or a list of texts, not a table
      --> tasks.config.yaml:5:32
       |   b: { params: { x: [] }, run: { y: 1 } }
       |                                ^^^^^^^^
    error: task \`c\` must be a table, not nothing
      --> tasks.config.yaml:6:5
       |   c:
       |     ^
    "
  `);
});

test.each([
  ['a reference outside of quotes', 'tasks:\n  a: { run: echo ${x} }\n'],
  ['an anchor that is missing', 'tasks: *x\n'],
  ['an anchor within itself', 'tasks: &x\n  <<: *x\n'],
  ['a colon in a text', 'tasks:\n  a:\n    run: x: y\n'],
  ['a wrong indentation', 'tasks:\n  a:\n    run: echo\n   b: c\n'],
  ['a tab', 'tasks:\n\ta: {}\n'],
  ['a second document', '--- {}\n--- {}\n'],
])('a slip of YAML is told in plain words: %s', async (_what, config) => {
  expect(await errorsOf(config)).toMatchSnapshot();
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

test('an empty config is told what it lacks', async () => {
  expect(await errorsOf('')).toMatchInlineSnapshot(`
    "error: \`tasks.config.yaml\` is empty
    hint: it begins with \`version: 1\` and has \`tasks\`
    "
  `);
  expect(await errorsOf('{}')).toMatchInlineSnapshot(`
    "error: the config has no \`version\`
      --> tasks.config.yaml:1:1
       | {}
       | ^^
    error: the config has no \`tasks\`
      --> tasks.config.yaml:1:1
       | {}
       | ^^
    "
  `);
});

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
    hint: names are those of \`vars\` and \`params\`; for the shell's own, write \`$imge\` or \`$\${imge}\`
    error: unknown name \`later\` in \`\${later}\`
      --> tasks.config.yaml:2:46
       | vars: { image: a, full: '\${imge}/x', early: '\${later}', later: b }
       |                                              ^^^^^^^^
    hint: a var may use those above it: move \`later\` up
    "
  `);
});

test('keys that exclude each other are named', async () => {
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
    error: task \`doctor\` is built in and cannot be defined
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

test('without a config the runner says where it looked', async () => {
  await using project = await createProject({});
  expect(await project.run('--list')).toEqual({
    exit: 3,
    stdout: '',
    stderr: `error: no \`tasks.config.yaml\` in <project> or above
hint: \`tasks --init\` writes one to begin with, \`tasks --import=Makefile\` one from a Makefile
`,
  });
});

test('a config that is called otherwise is named, with what mends it, also where one is to be written', async () => {
  const config = 'version: 1\ntasks:\n  a: { run: echo ran }\n';
  for (const name of ['tasks.config.yml', 'tasks.config.json', 'tasks.yaml', 'tasks.yml']) {
    const text = name.endsWith('.json') ? '{ "version": 1, "tasks": { "a": { "run": "echo ran" } } }' : config;
    await using project = await createProject({ [name]: text, 'sub/file': '', Makefile: 'a:\n\techo a\n' });
    expect((await project.run('a')).stderr).toBe(
      `error: no \`tasks.config.yaml\` in <project> or above, but there is \`${name}\`\nhint: rename it: \`mv ${name} tasks.config.yaml\`\n`,
    );
    expect((await project.run('a', { cwd: 'sub' })).stderr).toContain(
      `hint: rename it: \`mv ../${name} ../tasks.config.yaml\`\n`,
    );
    for (const words of ['--init', '--import=Makefile'])
      expect(await project.run(words)).toEqual({
        exit: 2,
        stdout: '',
        stderr: `error: \`${name}\` is a config that is not found by its name, and gets no other beside it\nhint: rename it: \`mv ${name} tasks.config.yaml\`\n`,
      });
    await rename(project.path(name), project.path('tasks.config.yaml'));
    expect((await project.run('a')).stdout).toContain('ran\n');
  }
  await using project = await createProject({ 'tasks.yml': '- name: of another tool\n' });
  expect((await project.run('a')).stderr).toContain('<project> or above\nhint: `tasks --init`');
  expect((await project.run('--init')).exit).toBe(0);
});

test('a config is read anew when it, or its file of known failures, has changed', async () => {
  const config = 'version: 1\nmessages: known.yaml\ntasks:\n  a: { run: echo one }\n';
  await using project = await createProject({ 'tasks.config.yaml': config, 'known.yaml': '[]' });
  expect((await project.run('a')).stdout).toContain('one');
  await project.write('tasks.config.yaml', config.replace('one', 'two'));
  expect((await project.run('a')).stdout).toContain('two');
  expect((await project.run('a')).stdout).toContain('two');
  await project.write('known.yaml', '- 5');
  expect((await project.run('a')).exit).toBe(3);
});

test('a damaged cache of the config is replaced', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo one }\n' });
  await project.run('--list');
  await project.write('.tasks/cache/config.json', '{"buildId":');
  expect((await project.run('a')).stdout).toContain('one');
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
       |                ^
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
       | ^
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
    error: \`constructor\` cannot be used: JavaScript keeps the name for itself
      --> tasks.config.yaml:5:3
       |   constructor: { run: echo c }
       |   ^^^^^^^^^^^
    error: \`__proto__\` cannot be used: JavaScript keeps the name for itself
      --> tasks.config.yaml:6:3
       |   __proto__: { run: echo p, env: { prototype: x } }
       |   ^^^^^^^^^
    error: \`constructor\` cannot be used: JavaScript keeps the name for itself
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
    "
  `);
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
    hint: names are those of \`vars\` and \`params\`; for the shell's own, write \`$y\` or \`$\${y}\`
    "
  `);
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
    'error: the default of param `port` of task `a` must be a text',
    "hint: write it in quotes, `'80'`, or add `type: int`",
    'error: the default of param `ratio` of task `a` must be a text',
    "hint: write it in quotes, `'1.5'`",
    'error: the default of param `debug` of task `a` must be a text',
    "hint: write it in quotes, `'true'`, or add `type: bool`",
  ]);
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
hint: names are those of \`vars\` and \`params\`; for the shell's own, write \`$\${語}\`
error: task \`b\` must be a table, not \`echo hi\`
  --> tasks.config.yaml:4:6
   |   b: echo hi
   |      ^^^^^^^
hint: a command stands in \`run\`: \`b: { run: … }\`
`);
});

test('a file that may not be read is named, and what another user has left of an earlier run is no hindrance', async () => {
  const files = ['tasks.config.yaml', 'docs.yaml', 'known.yaml'];
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ninclude: { docs: docs.yaml }\nmessages: known.yaml\ntasks:\n  a: { run: echo hi }\n',
    'docs.yaml': 'version: 1\ntasks: {}\n',
    'known.yaml': '[]\n',
  });
  await chmod(project.folder, 0o755);
  const run = (words: string) => project.run(words, { user: 65_534 });
  await project.run('a');
  await chmod(project.path('.tasks'), 0o000);
  expect((await run('a --quiet')).stdout).toBe('hi\n');
  for (const file of files.slice(1)) await chmod(project.path(file), 0o000);
  const { exit, stderr } = await run('a');
  expect([exit, stderr.match(/^error: .*/gm)]).toEqual([
    3,
    files
      .slice(1)
      .map((file) => `error: \`${file}\` cannot be read: EACCES: permission denied, open '<project>/${file}'`),
  ]);
  await chmod(project.path('tasks.config.yaml'), 0o000);
  const denied =
    "error: `tasks.config.yaml` cannot be read: EACCES: permission denied, open '<project>/tasks.config.yaml'\n";
  expect(await run('a')).toEqual({ exit: 3, stdout: '', stderr: denied });
  expect((await run('--init')).stderr).toMatch('`tasks.config.yaml` exists, and is not overwritten');
  await chmod(project.path('.tasks'), 0o755);
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
    hint: names are those of \`vars\` and \`params\`; for the shell's own, write \`$bord\` or \`$\${bord}\`
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

test('words for a command without a task are refused', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo a }\n' });
  expect(await project.run('-- x')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: words after `--` need a task before it\n',
  });
});
