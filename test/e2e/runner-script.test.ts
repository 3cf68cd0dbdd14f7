/** Scripts and the zx that they are given: what their commands read, and where those run that another is piped into. */
import { expect, test } from 'vitest';
import { apart } from '../helpers/apart.ts';
import { createProject, type Project } from '../helpers/project.ts';

const scripted = (body: string, more = ''): Promise<Project> =>
  createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  work: { script: work.ts${more} }\n`,
    'work.ts': `import { createWriteStream } from 'node:fs';
import { defineTask } from 'zx-tasks';
export const run = defineTask(async ({ $, log, run, undoOnFailure }) => {
  const show = async (what) => log(\`[\${(await what).stdout.trimEnd()}]\`);
  ${body}
});
`,
  });

const checkThat = (body: string): string => `export const checks = [
  { id: 'ON001', name: 'one', question: 'one?', group: 'all', about: 'x', fix: 'y', run: async () => { ${body} } },
];
`;

const reading = `await show($\`cat\`.quiet());
  await show($({ input: 'given', quiet: true })\`cat\`);
  await show($({ input: '', quiet: true })\`cat\`);
  await show($\`echo a; sleep 0.1; echo b\`.pipe\`tr ab cd\`.quiet());`;

test('a command of a script reads what it is given, and else nothing', async () => {
  await using project = await scripted(`${reading}
  await show($\`echo a; sleep 0.1; echo b\`.pipe($\`tr ab ef\`.quiet()));`);
  const { stdout } = await project.run('work');
  expect(stdout).toBe('▸ work\n[]\n[given]\n[]\n[c\nd]\n[e\nf]\n✔ work <time>\n');
});

test('a command can be piped into until it is waited for, and is told where it is too late', async () => {
  await using project = await scripted(`
  const turns = () => new Promise((resolve) => setTimeout(resolve, 50));
  const sink = $\`cat\`.quiet();
  await turns();
  await show($\`echo into\`.pipe(sink));
  await show($\`cat; echo through\`.pipe\`cat\`.quiet());
  await $\`cat; echo filed\`.pipe('filed');
  await $\`cat; echo streamed >&2\`.quiet().pipe.stderr(createWriteStream('streamed'));
  const late = $\`cat; hold\`.nothrow();
  const waited = late.then(() => undefined);
  await turns();
  try {
    $\`echo lost\`.nothrow().pipe(late);
  } catch (error) {
    log(error.message);
  }
  await waited;
  $\`cat; touch forgotten\`;`);
  const hold = await project.driven('hold');
  const running = project.start('work');
  const invocation = await hold.started();
  await running.says('nothing more can be piped');
  invocation.exit(0);
  expect(await running.result).toEqual({
    exit: 0,
    stdout:
      '▸ work\n[into]\n[through]\n' +
      'nothing more can be piped into this command: its input has ended, because the command was awaited, ' +
      'or because what was piped into it before has ended\n✔ work <time>\n',
    stderr: '',
  });
  expect(await project.read('forgotten')).toBe('');
  expect(await project.read('filed')).toBe('filed\n');
  expect(await project.read('streamed')).toBe('streamed\n');
});

test('what a script prints by itself is output of its task: in lines, masked, in the log, and no command to GitHub', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
secrets: [TOKEN]
tasks:
  work: { script: work.ts }
`,
    'work.ts': `export const run = async ({ env }) => {
  console.log('token', env.TOKEN);
  process.stdout.write('::error::half');
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.stdout.write(' and half\\n');
  console.error('to stderr');
  process.stdout.write('cafe\\u0301', 'utf8', () => console.log('called back'));
  await new Promise((resolve) => setTimeout(resolve, 10));
};
`,
  });
  const env = { TOKEN: 'very-secret' };
  const lines = ['token ***', '::error::half and half', 'to stderr', 'cafe\u0301called back'];
  expect((await project.run('work', { env })).stdout).toBe(`▸ work\n${lines.join('\n')}\n✔ work <time>\n`);
  expect(await project.read('.tasks/logs/work.log')).toBe(`${lines.join('\n')}\n`);
  const { stdout } = await project.run('work --output=json', { env });
  const printed = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(printed.filter(({ type }) => type === 'task-output').map(({ line }) => line)).toEqual(lines);
  const github = await project.run('work --output=github', { env });
  expect(github.stdout).toMatch(/::stop-commands::\S+\n[\s\S]*::error::half and half\n/);
});

const printing = (body: string): Promise<Project> =>
  createProject({
    'tasks.config.yaml': `version: 1
secrets: [TOKEN]
tasks:
  work: { script: work.ts }
  next: { needs: [work], run: next }
`,
    'work.ts': `export const run = async ({ $, env, undoOnFailure }) => { ${body} };\n`,
  });

test('what a script prints while it takes back what it has started is output, too, to the last half line', async () => {
  await using project = await printing(`undoOnFailure(async () => {
    console.log('undo', env.TOKEN);
    await $\`printf command\`;
    process.stdout.write('half');
  });
  undoOnFailure(() => console.log('not awaited'));
  $.verbose = false;
  console.log('work');
  await $\`exit 3\`;`);
  const { exit, stdout, stderr } = await project.run('work --output=json', { env: { TOKEN: 'very-secret' } });
  expect({ exit, stderr }).toEqual({ exit: 3, stderr: '' });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const lines = events.filter(({ type }) => type === 'task-output').map(({ line }) => line);
  expect(lines).toEqual(['work', 'not awaited', 'undo ***', 'command', 'half']);
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', exit: 3 });
});

test('what a script prints after its end is kept, and told apart where the run has ended', async () => {
  await using project = await printing(`$\`hold\`.nothrow().quiet().then(() => {
    console.log('late', env.TOKEN);
    process.stdout.write('half');
  });`);
  const env = { TOKEN: 'very-secret' };
  const [hold, next] = await Promise.all([project.driven('hold'), project.driven('next')]);
  const running = project.start('next', { env });
  const [holding, going] = await Promise.all([hold.started(), next.started()]);
  holding.exit(0);
  await running.says('half');
  going.exit(0);
  expect((await running.result).stdout).toContain('late ***\nhalf\n');
  const alone = project.start('work', { env });
  const last = await hold.started();
  await alone.says('✔ work');
  last.exit(0);
  expect(await alone.result).toEqual({ exit: 0, stdout: '▸ work\n✔ work <time>\n', stderr: 'late ***\nhalf\n' });
});

test('what a script prints and ends the output with is its output, too', async () => {
  await using project = await printing(`console.error('<' + env.TOKEN + '>');
  await new Promise((resolve) => process.stdout.end('<' + env.TOKEN + '>', resolve));
  await new Promise((resolve) => process.stderr.end(resolve));
  console.log('more');`);
  const { exit, stdout, stderr } = await project.run('work', { env: { TOKEN: 'very-secret' } });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout.split('\n').slice(1, -2)).toEqual(['<***>', '<***>more']);
});

test('a script that prints faster than can be shown is told to wait, and when to go on', async () => {
  await using project = await printing(`const line = 'x'.repeat(999) + '\\n';
  const isRoom = () => process.stdout.write(line);
  let count = 1;
  while (isRoom() && count < 1000) count++;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
  await new Promise((resolve) => process.stdout.write('', resolve));
  console.log('\\n' + (count < 1000), isRoom());`);
  const { exit, stdout } = await project.run('work');
  expect(exit).toBe(0);
  expect(stdout).toContain('\ntrue true\n');
});

test('a command that prints without end is ended where a script waits for all of it, and that is told', {
  timeout: 60_000,
}, async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { script: work.ts }\n',
    'work.ts': `export const run = async ({ run, log }) => {
  const { code, problem, stderr } = await run(['yes']);
  log(\`\${code} \${problem} \${stderr}\`);
};
`,
  });
  const { exit, stdout } = await project.run('work');
  expect(exit).toBe(0);
  expect(stdout).toContain('null killed yes: ended, since it printed more than 256 MiB\n');
});

test("a command's own time-out is told as soon as it has ended the command", async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { script: work.ts }\n',
    'work.ts': `export const run = async ({ run }) => {
  for (let tries = 0; tries < 100; tries++) {
    const { problem, tookMs } = await run(['sleep', '60'], { timeoutMs: 1 });
    // So long is waited for the news of a signal that came from elsewhere.
    if (problem === 'timed-out' && tookMs < 100) return;
  }
  throw new Error('each took longer');
};
`,
  });
  expect(await project.run('work')).toMatchObject({ exit: 0 });
});

test('an error with numbers of its own where the system has names fails the script, and is no bug of the runner', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { script: work.ts }\n',
    'work.ts': "export const run = async () => { throw Object.assign(new Error('odd'), { code: 5, errno: 5 }); };\n",
  });
  const { exit, stdout, stderr } = await project.run('work');
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
  expect(stdout).toContain('✖ work failed after <time>: the script threw: odd\n');
});

test('a program that is there and cannot be started is not told as missing, to a script or in the doctor', async () => {
  const long = 'x'.repeat(140_000);
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\nchecks:\n  tool: { id: TC001, command: 'echo ${long}', version: '>=1' }\ntasks:\n  work: { script: work.ts }\n`,
    'work.ts': `export const run = async ({ run, log }) => {
  for (const words of [['echo', 'x'.repeat(140_000)], ['missing-program']]) {
    const { code, problem, stderr } = await run(words);
    log(\`\${code} \${problem} \${stderr}\`);
  }
};
`,
  });
  const { stdout } = await project.run('work');
  expect(stdout).toContain('null not-started echo: E2BIG: it is longer than the system allows');
  expect(stdout).toContain('null not-found missing-program: ENOENT\n');
  const doctor = await project.run('doctor');
  expect(doctor.exit).toBe(4);
  expect(doctor.stdout).toContain('was not started: /bin/sh: E2BIG: it is longer than the system allows');
});

test('a script is told how a command that it ran has ended, and its own variables come first', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { script: work.ts, env: { WHOSE: task } }\n',
    'work.ts': `export const run = async ({ run, log }) => {
  const tell = async (script, options) => {
    const { code, problem, stdout } = await run(['sh', '-c', script], options);
    log(\`\${code} \${problem} \${stdout}\`);
  };
  await tell('printf $WHOSE; exit 3', { env: { WHOSE: 'own' }, timeoutMs: 600_000 });
  await tell('printf half; kill -KILL $$');
  await tell('trap "exit 0" TERM; sleep 60 & wait', { timeoutMs: 500 });
};
`,
  });
  const { stdout } = await project.run('work');
  expect(stdout).toBe('▸ work\n3 undefined own\nnull killed half\nnull timed-out \n✔ work <time>\n');
});

test('what a check prints by itself leaves the report a document', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\nchecks:\n  one: { id: ON001, script: check.ts }\ntasks:\n  a: { run: 'true' }\n",
    'check.ts': `console.log('loaded');\n${checkThat("console.log('asked'); return { outcome: 'pass', summary: 'well' };")}`,
  });
  const { exit, stdout, stderr } = await project.run('doctor --json');
  expect(exit).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'ready' });
  expect(stderr).toContain('loaded\nasked\n');
});

test('where what is piped into a command fails, that is told, and not what was ended for it', async () => {
  await using project = await scripted(`
  await $\`exit 4\`.nothrow();
  await $\`echo a; exit 3\`.pipe($\`cat\`).pipe\`sort\`;`);
  const { exit, stdout } = await project.run('work');
  expect(exit).toBe(3);
  expect(stdout).toContain('✖ work failed after <time>: exit code 3\n  command: echo a; exit 3\n');
});

test('the lines of a command come as they are written, to whom it is piped and to whom asks for them late', async () => {
  await using project = await scripted(`
  for await (const line of $\`echo a; hold; echo b; printf c\`.quiet()) log(\`[\${line}]\`);
  for await (const line of $\`echo piped\`.pipe\`cat\`.quiet()) log(\`[\${line}]\`);
  const early = $\`echo early; exit 3\`.quiet();
  await early.exitCode;
  for await (const line of early) log(\`[\${line}]\`);`);
  const hold = await project.driven('hold');
  const running = project.start('work');
  const invocation = await hold.started();
  await running.says('[a]');
  invocation.exit(0);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(3);
  expect(stdout).toContain('▸ work\n[a]\n[b]\n[c]\n[piped]\n[early]\n✖ work failed after <time>: exit code 3\n');
});

test('a command that a script aborts was started, and killed', async () => {
  await using project = await scripted(
    'const ac = new AbortController(); setTimeout(() => ac.abort(), 50); await $({ signal: ac.signal })`hold`;',
  );
  await project.driven('hold');
  const { exit, stdout } = await project.run('work');
  expect({ exit, stdout }).toEqual({
    exit: 143,
    stdout: expect.stringContaining('✖ work failed after <time>: killed by SIGTERM\n'),
  });
});

test("in an interactive script it reads the caller's stdin where it is given nothing", async () => {
  await using project = await scripted(reading, ', interactive: true');
  const { stdout } = await project.run('work', { input: 'typed' });
  expect(stdout).toBe('▸ work\n[typed]\n[given]\n[]\n[c\nd]\n✔ work <time>\n');
});

test('a command that ends before it has read all that it is given is no error', async () => {
  await using project = await scripted(
    "await show($({ input: 'x'.repeat(1_000_000) })`true`); await show($`seq 1000000`.quiet().pipe`head -1`.quiet());",
  );
  expect(await project.run('work')).toEqual({ exit: 0, stdout: '▸ work\n[]\n[1]\n✔ work <time>\n', stderr: '' });
});

test("what a command is piped into has the task's environment and folder, and its output is the task's", async () => {
  await using project = await scripted(
    'undoOnFailure(async () => { await $`echo undone`.pipe`cat > undone`; }); await $`echo piped`.pipe`cat; echo $NAME; pwd; exit 3`;',
    ', env: { NAME: Ann }, cwd: sub',
  );
  await project.write('sub/.keep', '');
  const { stdout } = await project.run('work', { cwd: 'bin' });
  expect(stdout).toContain('▸ work\npiped\nAnn\n<project>/sub\n');
  expect(await project.read('sub/undone')).toBe('undone\n');
});

test('what a command is piped into ends with the run', async () => {
  await using project = await scripted('await $`echo piped`.pipe`cat; exec slow`;');
  const slow = await project.driven('slow');
  const running = project.start('work');
  const invocation = await slow.started();
  running.child.kill('SIGKILL');
  await invocation.isGone;
});

test('what a script has not waited for is ended when it fails, and the run does not stay for it', async () => {
  await using project = await scripted('await Promise.all([$`exec slow`, $`exec failing`]);');
  const [slow, failing] = [await project.driven('slow'), await project.driven('failing')];
  const running = project.start('work');
  const [invocation, other] = [await slow.started(), await failing.started()];
  other.exit(3);
  await invocation.isGone;
  expect(await running.result).toMatchObject({ exit: 3, stdout: expect.stringContaining('command: exec failing') });
});

test.each([
  ['fails', '', 'exit 3', 3],
  ['takes too long', ', timeout: 2s', 'sleep 60', 124],
  ['is tried again', ', retry: { times: 2 }', 'exit 3', 3],
])('where a script %s, what follows waits until its commands have ended', async (_, more, end, exit) => {
  const look = 'if [ -e held ]; then echo early; else echo in time; fi';
  await using project = await scripted(
    `undoOnFailure(async () => { await $\`${look}\`; });
  await $\`${look}\`;
  const holds = 'trap "sleep 0.3; rm held; exit" TERM; touch held; while :; do sleep 0.05; done';
  await Promise.all([run(['sh', '-c', holds]), $\`until [ -e held ]; do sleep 0.02; done; ${end}\`]);`,
    `, finally: '${look}'${more}`,
  );
  const result = await project.run('work');
  expect(result).toMatchObject({ exit, stderr: '' });
  expect(result.stdout.split('\n').filter((line) => line === 'early')).toEqual([]);
  expect(result.stdout.split('\n').filter((line) => line === 'in time').length).toBeGreaterThan(2);
});

test('the stack of what a script throws ends where the script does', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  a: { script: a.ts }\n',
    'a.ts':
      "import { inner } from './b';\n\nexport async function run() {\n  process.stdout.write('half a line'); inner();\n}\n",
    'b.ts': "export function inner() {\n  throw new Error('oops');\n}\n",
  });
  const { stdout } = await project.run('a');
  expect(stdout.split('\n').map((line) => line.replace(/:\d+\)$/, ')'))).toEqual([
    '▸ a',
    'half a line',
    'Error: oops',
    '    at inner (<project>/b.ts:2)',
    '    at run (<project>/a.ts:4)',
    '✖ a failed after <time>: the script threw: oops',
    'failed: `a` (exit code 1); 0 done, <time>',
    '',
  ]);
});

test.each([
  ['rejects without anybody awaiting it', "Promise.reject(new Error('oops'));", 'the script threw: oops', 1],
  ['throws in a callback', "setTimeout(() => { throw new Error('oops'); });", 'the script threw: oops', 1],
  ['runs without awaiting it', '$`exit 9`;', 'exit code 9', 9],
  ['throws of a command that was well', 'throw await $`true`;', 'exit code 1', 1],
])('what a script %s fails its task, and nothing else', async (_, body, message, code) => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  work: { script: work.ts, finally: touch cleaned }\n  other: { run: other }\n  all: { needs: [work, other] }\n',
    'work.ts': `export const run = async ({ $ }) => { ${body} await $\`hold\`.nothrow(); await $\`touch went-on\`; };\n`,
  });
  const [hold, other] = await Promise.all([project.driven('hold'), project.driven('other')]);
  const running = project.start('all --jobs=2');
  const invocation = await other.started();
  await running.says('✖ work failed');
  invocation.exit(0);
  const { exit, stdout, stderr } = await running.result;
  expect({ exit, stderr }).toEqual({ exit: code, stderr: '' });
  expect(stdout).toMatch(new RegExp(`✖ work failed after <time>: ${message}\n`));
  expect(stdout).toContain('✔ other <time>\n');
  expect(await project.read('cleaned')).toBe('');
  await expect(project.read('went-on')).rejects.toThrow();
  expect(hold.startCount()).toBeLessThan(2);
});

test('what a command of a script has left behind does not keep an interrupted run, and lives on', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  begin: { script: begin.mjs }\n',
    'begin.mjs': 'export const run = async ({ $ }) => { await $`holder & echo began`; };\n',
  });
  const holder = await project.driven('holder');
  const running = project.start('begin');
  const background = await holder.started();
  await running.says('began');
  running.child.kill('SIGINT');
  await running.says('SIGINT: stopping');
  await apart();
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
  background.exit(0);
  await background.isGone;
});

test('what a script did not await and fails after its end makes the run fail, and is named', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  work: { script: work.ts }\n  other: { run: other }\n  all: { needs: [work, other] }\n',
    'work.ts': 'export const run = async ({ $ }) => { $`late`; };\n',
  });
  const [late, other] = await Promise.all([project.driven('late'), project.driven('other')]);
  const running = project.start('all --jobs=2');
  const [failing, going] = await Promise.all([late.started(), other.started()]);
  await running.says('✔ work');
  failing.exit(9);
  const story = 'the script of `work` has ended, but something that it did not await failed: `late`, exit code 9\n';
  await running.says(`note: ${story}`);
  going.exit(0);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(1);
  expect(stdout).toContain('\nfailed (exit code 1): 3 done, <time>\n');
  const alone = project.start('work');
  const last = await late.started();
  await alone.says('✔ work');
  last.exit(9);
  expect(await alone.result).toEqual({ exit: 1, stdout: '▸ work\n✔ work <time>\n', stderr: `error: ${story}` });
});

const standstill = 'the script waits for something that can never happen';
const ended = (who: string) =>
  `error: ${who} ended the whole program with \`process.exit\`, so neither \`finally\` nor anything else runs any more\n` +
  "hint: let a script's `run` return, or throw a `TaskFailure` with an `exitCode`; let a check's `run` return its outcome\n";

test('a script that ends the whole program is told so, and that is no success', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { script: work.ts }\n  next: { needs: [work], run: echo next }\n',
    'work.ts': `export const run = async () => {
  console.log('said');
  process.stdout.write('half');
  await null;
  process.exit(0);
};
`,
  });
  const stderr = ended('the script of task `work`');
  expect(await project.run('next')).toEqual({ exit: 1, stdout: '▸ work\nsaid\nhalf\n', stderr });
  expect(await project.read('.tasks/logs/work.log')).toBe('said\nhalf\n');
  const { exit, stdout } = await project.run('next --output=json');
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.filter(({ type }) => type === 'task-output').map(({ line }) => line)).toEqual(['said', 'half']);
  expect({ exit, last: events.at(-1) }).toEqual({ exit: 1, last: { type: 'run-finished', exit: 1, reason: 'task' } });
});

test('so is a check', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\nchecks: { one: { id: ON001, script: checks.ts } }\ntasks: { work: { run: "true" } }\n',
    'checks.ts': checkThat('process.exit(0);'),
  });
  expect(await project.run('doctor')).toEqual({ exit: 1, stdout: '', stderr: ended('check `one`') });
});

test.each([
  ['waits for what cannot come', "process.on('throws', () => undefined); await new Promise(() => {});", ''],
  [
    'ends the whole program',
    "await new Promise((resolve) => process.on('throws', resolve)); process.exit(0);",
    ended('the script of task `other`'),
  ],
])('a script that %s after another one has thrown in a callback is told so', async (_, body, stderr) => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  stray: { script: stray.ts, finally: "true" }\n  other: { script: other.ts }\n  all: { needs: [stray, other] }\n',
    'stray.ts': `export const run = async () => {
  while (process.listenerCount('throws') === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  setTimeout(() => { setTimeout(() => process.emit('throws'), 50); throw new Error('oops'); });
  await new Promise((resolve) => process.on('throws', resolve));
};
`,
    'other.ts': `export const run = async () => { ${body} };\n`,
  });
  const { exit, ...told } = await project.run('all --jobs=2 --keep-going');
  expect({ exit, stderr: told.stderr }).toEqual({ exit: 1, stderr });
  if (stderr === '') expect(told.stdout).toContain(`✖ other failed after <time>: ${standstill}\n`);
});

test('scripts that wait for what cannot come fail, each of them', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  one: { script: wait.ts }\n  two: { script: wait.ts }\n  ends: { script: end.ts }\n  all: { needs: [one, two, ends] }\n',
    'wait.ts': 'export const run = () => new Promise(() => {});\n',
    'end.ts': 'export const run = () => new Promise((resolve) => setTimeout(resolve, 300));\n',
  });
  const { exit, stdout, stderr } = await project.run('all --jobs=3');
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
  for (const name of ['one', 'two']) expect(stdout).toContain(`✖ ${name} failed after <time>: ${standstill}\n`);
});

test.each([
  ['ends the program', 'process.exit(7);', 7],
  ['ends it as if all were well', 'process.exit(0);', 1],
  ['waits for what cannot come', 'await new Promise(() => {});', 1],
  [
    'throws where it belongs to nobody',
    "process.on('SIGTERM', () => { throw new Error('oops'); }); process.kill(process.pid, 'SIGTERM'); await new Promise(() => {});",
    1,
  ],
])('the last line of JSON says how a run ended, too, where a script %s', async (_, body, code) => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { script: work.ts }\n',
    'work.ts': `export const run = async () => { ${body} };\n`,
  });
  const { exit, stdout } = await project.run('work --output=json');
  expect(exit).toBe(code);
  const last: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ type: 'run-finished', exit: code, reason: 'task' });
});

test('what a check throws in a callback is its result, and after its end an error', async () => {
  const config = 'version: 1\nchecks: { one: { id: ON001, script: checks.ts } }\ntasks: { work: { run: "true" } }\n';
  await using project = await createProject({
    'tasks.config.yaml': config,
    'checks.ts': checkThat("setTimeout(() => { throw new Error('oops'); }); await new Promise(() => {});"),
  });
  const { exit, stdout, stderr } = await project.run('doctor');
  expect({ exit, stderr }).toEqual({ exit: 4, stderr: '' });
  expect(stdout).toContain('why: the check crashed: oops\n');
  await project.write(
    'checks.ts',
    checkThat("setTimeout(() => { throw new Error('oops'); }); return { outcome: 'pass', summary: 'ok' };"),
  );
  expect(await project.run('doctor')).toMatchObject({
    exit: 1,
    stderr: 'error: check `one` has ended, but something that it did not await failed: oops\n',
  });
});

test('what belongs to no script and throws in a callback ends the run, with its stack alone', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks: { work: { script: work.ts } }\n',
    'work.ts': `export const run = () => new Promise((resolve) => {
  process.on('SIGTERM', () => { throw new Error('oops'); });
  console.log('said');
  process.stdout.write('half');
  process.kill(process.pid, 'SIGTERM');
  setTimeout(resolve, 30_000);
});
`,
  });
  const { exit, stdout, stderr } = await project.run('work');
  const stops = 'SIGTERM: stopping; once more kills at once\n';
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: `▸ work\nsaid\n${stops}half\n` });
  expect(stderr).toMatch(/^error: thrown outside of any script, and caught by nothing:\nError: oops\n( {4}at .*\n)+$/);
  expect(stderr).toContain('<project>/work.ts');
});

test('a script that listens to rejections itself decides what comes of them', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { script: work.ts }\n',
    'work.ts': `export const run = async ({ log }) => {
  const heard = new Promise((resolve) => process.on('unhandledRejection', resolve));
  Promise.reject(new Error('oops'));
  log((await heard).message);
};
`,
  });
  expect(await project.run('work')).toEqual({ exit: 0, stdout: '▸ work\noops\n✔ work <time>\n', stderr: '' });
});
