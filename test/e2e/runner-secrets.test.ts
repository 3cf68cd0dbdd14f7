/** Values that the config calls secret are shown nowhere. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

const token = 'tok-8f3a"b\'c/91';
const env = { TOKEN: token };

const config = (tasks: string): Readonly<Record<string, string>> => ({
  'tasks.config.yaml': `version: 1\nsecrets: [TOKEN, KEY]\ntasks:\n${tasks}`,
});

test.each(['plain', 'prefixed', 'github', 'json'])('with `--output=%s` a secret is masked', async (output) => {
  await using project = await createProject(
    config(`  show: { run: 'printf "<%s>\\n" "$TOKEN"; echo "<$TOKEN>" >&2; exit 3' }\n`),
  );
  const { exit, stdout, stderr } = await project.run(`show --output=${output}`, { env });
  expect(exit).toBe(3);
  expect(stdout).toContain('<***>');
  expect(`${stdout}${stderr}`).not.toContain('8f3a');
});

test('a secret that comes in pieces is masked', async () => {
  await using project = await createProject(config("  show: { run: 'one; two' }\n"));
  await project.program('one', 'printf "%s" "a${TOKEN:0:5}"; sleep 0.05; printf "%s\\n" "${TOKEN:5}z"');
  await project.program('two', 'printf "b%s\\n%s\\n%sz\\nend\\n" "${TOKEN:0:5}" "${TOKEN:5:4}" "${TOKEN:9}"');
  expect((await project.run('show', { env })).stdout).toBe('▸ show\na***z\nb***\n***\n***z\nend\n✔ show <time>\n');
});

test('one that a task is given as the fix of a check is masked', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
secrets: [KEY]
checks: { one: { id: ON001, script: check.ts } }
tasks:
  mend: { env: { KEY: key-of-mend }, run: 'echo "<$KEY>"; touch mended' }
  use: { requires: [one], run: 'true' }
`,
    'check.ts': `export const checks = [{ id: 'ON001', name: 'one', question: 'one?', group: 'all', run: async (probe) => ({
  outcome: await probe.exists('mended') ? 'pass' : 'fail', summary: 'one', fixes: [{ about: 'make it', task: 'mend' }],
}) }];
`,
  });
  const { exit, stdout } = await project.run('use --fix');
  expect(exit).toBe(0);
  expect(stdout).toContain('▸ mend\n<***>\n✔ mend');
  expect(await project.read('.tasks/logs/mend.log')).toContain('<***>');
});

const inPieces = `process.stdout.write('<' + process.env.TOKEN.slice(0, 7));
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.stdout.write(process.env.TOKEN.slice(7) + '>\\nhalf');`;

test.each([
  ['and returns', "return { outcome: 'pass', summary: 'well' };"],
  ['and ends the program', 'process.exit(1);'],
])('so is one that a check prints in pieces %s', async (_, end) => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\nsecrets: [TOKEN]\nchecks: { one: { id: ON001, script: check.ts } }\ntasks: {}\n',
    'check.ts': `export const checks = [{ id: 'ON001', name: 'one', question: 'one?', group: 'all', about: 'x', fix: 'y', run: async () => {
  ${inPieces}
  ${end}
} }];
`,
  });
  expect((await project.run('doctor', { env })).stderr).toMatch(/^<\*\*\*>\nhalf\n/);
});

test('so is one that a script prints in pieces when the run has ended', async () => {
  await using project = await createProject({
    ...config('  show: { script: show.ts }\n'),
    'show.ts': `export const run = async () => {
  setTimeout(async () => {
    ${inPieces}
  }, 500);
};
`,
  });
  expect((await project.run('show', { env })).stderr).toBe('<***>\nhalf\n');
});

test('a line that only begins like a secret is shown, also as the last one', async () => {
  await using project = await createProject(config("  show: { run: 'echo tok-8f; echo other; echo tok-8f' }\n"));
  expect((await project.run('show', { env })).stdout).toBe('▸ show\ntok-8f\nother\ntok-8f\n✔ show <time>\n');
});

test('a secret of several lines is masked as a whole and line by line', async () => {
  await using project = await createProject(config('  show: { run: \'echo "$KEY"; echo x second-line-of-key x\' }\n'));
  const { stdout } = await project.run('show', { env: { KEY: 'first-line-of-key\nsecond-line-of-key\nend' } });
  expect(stdout).toBe('▸ show\n***\n***\n***\nx *** x\n✔ show <time>\n');
});

test('a secret is masked quoted, in a URL, in JSON and in base64', async () => {
  await using project = await createProject(config('  show: { script: show.ts }\n'));
  await project.write(
    'show.ts',
    `export async function run({ log, env }) {
  const token = env.TOKEN;
  log(encodeURIComponent(token));
  log(JSON.stringify({ token }));
  log(Buffer.from(token).toString('base64'));
  log("'" + token.replaceAll("'", "'\\\\''") + "'");
}
`,
  );
  expect((await project.run('show', { env })).stdout).toBe(
    '▸ show\n***\n{"token":"***"}\n***\n\'***\'\n✔ show <time>\n',
  );
});

test('a secret is masked however a tool spells its signs', async () => {
  await using project = await createProject(config('  show: { script: show.ts }\n'));
  await project.write(
    'show.ts',
    `export async function run({ log, env }) {
  const everySign = (spell) => Array.from(env.TOKEN, (sign) => (/[A-Za-z0-9]/.test(sign) ? sign : spell(sign))).join('');
  const percent = (sign) => Array.from(Buffer.from(sign), (byte) => '%' + byte.toString(16).padStart(2, '0')).join('');
  log('python: ' + encodeURIComponent(env.TOKEN).replaceAll('%2F', '/').replaceAll('!', '%21'));
  log('form: ' + new URLSearchParams({ token: env.TOKEN }));
  log('lower: ' + everySign(percent));
  log('ascii: ' + JSON.stringify(env.TOKEN).replaceAll('\u00e4', '\\\\u00e4').replaceAll('/', '\\\\/'));
  log('nested: ' + JSON.stringify(JSON.stringify(env.TOKEN)));
  log('bash: ' + everySign((sign) => '\\\\' + sign));
  log('go: ' + everySign((sign) => '\\\\u' + sign.charCodeAt(0).toString(16).padStart(4, '0')));
}
`,
  );
  const { stdout } = await project.run('show', { env: { TOKEN: 'p\u00e4ss/w0rd! a+b"c\\d<e>' } });
  expect(stdout).not.toMatch(/ss|w0rd|[^o]rd/);
  expect(stdout).toBe(
    '▸ show\npython: ***\nform: token=***\nlower: ***\nascii: "***"\nnested: "\\"***\\""\nbash: ***\ngo: ***\n✔ show <time>\n',
  );
});

test('a secret of which a tool colours a part is masked, on a terminal too', async () => {
  await using project = await createProject(
    config(`  show: { run: 'echo "u:$TOKEN@h" | grep --color=always cret; exit 3' }\n`),
  );
  const env = { TOKEN: 'supersecrettoken' };
  expect((await project.run('show', { env })).stdout).toContain('\nu:***@h\n');
  const terminal = openTerminal(project, 'show', { env });
  expect(await terminal.exit).toBe(3);
  expect(terminal.screen()).toContain('u:***@h');
  expect(terminal.screen()).not.toContain('super');
});

test('base64 of a secret that is wrapped into lines is masked', async () => {
  await using project = await createProject(
    config(`  show: { run: 'printf %s "$KEY" | base64; printf "user:%s" "$KEY" | base64; echo end' }\n`),
  );
  const key = Array.from({ length: 9 }, (_, line) => `line-${line}-of-a-long-key-in-several-lines`).join('\n');
  const { stdout } = await project.run('show', { env: { KEY: key } });
  const rows = stdout.split('\n').slice(1, -3);
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows) expect(row).toMatch(/^.{0,8}\*\*\*.{0,4}$/);
});

test.each(['', 'u:', 'us:', 'user:'])('a secret behind `%s` is masked in base64', async (before) => {
  await using project = await createProject(config('  show: { script: show.ts }\n'));
  await project.write(
    'show.ts',
    `export async function run({ log, env }) {
  for (const after of ['', 'x', 'xy', 'xyz'])
    for (const form of ['base64', 'base64url']) log(Buffer.from('${before}' + env.TOKEN + after).toString(form));
}
`,
  );
  const { stdout } = await project.run('show', { env });
  const lines = stdout.split('\n').slice(1, -2);
  expect(lines).toHaveLength(8);
  // Beside it there may be a sign that is of the secret and of what stands beside it, of 6 bits.
  const inside = Buffer.from(token).toString('base64');
  for (const line of lines) {
    const [start = '', end = '', ...more] = line.split('***');
    expect(more).toEqual([]);
    expect(start.length).toBeLessThanOrEqual(Math.ceil((before.length * 8) / 6));
    expect(end.replace(/=+$/, '').length).toBeLessThanOrEqual(5);
    expect(inside).not.toContain(line);
  }
});

test('a secret given as a param is masked in the dry run, the command and the failure', async () => {
  await using project = await createProject(
    config("  show: { params: { token: {} }, run: 'false ${token}', env: { COPY: x } }\n"),
  );
  const words = `show --token=${token}`;
  expect((await project.run(`${words} --dry-run`, { env })).stdout).toContain("$ false '***'");
  const { stdout } = await project.run(`${words} --verbose`, { env });
  expect(stdout).toContain("$ false '***'\n");
  expect(stdout).toContain("command: false '***'\n");
  expect(stdout).not.toContain('8f3a');
});

test('so it is in the question whether to go on', async () => {
  await using project = await createProject(
    config("  show: { params: { token: {} }, confirm: 'with ${token}?', run: echo }\n"),
  );
  const terminal = openTerminal(project, `show --token=${token}`, { env });
  await terminal.shows('show: with ***? [y/N]');
  terminal.type('n\n');
  expect(await terminal.exit).toBe(2);
});

test('a secret that the config itself sets for a task is masked too', async () => {
  await using project = await createProject(config("  show: { env: { KEY: from-config }, run: 'echo $KEY' }\n"));
  expect((await project.run('show')).stdout).toBe('▸ show\n***\n✔ show <time>\n');
});

test('a secret on the command line is masked in the error about it', async () => {
  await using project = await createProject(config('  show: { run: echo }\n'));
  expect(await project.run(`${token} show`, { env })).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: unknown task `***`\nhint: `npx tasks --list` shows all tasks\n',
  });
});

test('what the log, the job summary and the profile keep is masked', async () => {
  await using project = await createProject(
    config(
      `  show: { params: { token: {} }, run: 'echo "$TOKEN"; echo secret.c:1:2: error: "$TOKEN"; false \${token}' }\n`,
    ),
  );
  await project.run(`show --token=${token} --output=github --profile=profile.json`, {
    env: { ...env, GITHUB_STEP_SUMMARY: project.path('summary.md') },
  });
  for (const name of ['.tasks/logs/show.log', 'summary.md', 'profile.json']) {
    const text = await project.read(name);
    expect(text, name).toContain('***');
    expect(text, name).not.toContain('8f3a');
  }
});

test('the report of the doctor masks secrets, as text and as JSON', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\nsecrets: [TOKEN]\nchecks:\n  tool: { id: TC001, command: 'echo $TOKEN; exit 3', version: '>=1' }\ntasks: {}\n",
  });
  for (const words of ['doctor', 'doctor --json']) {
    const { stdout, stderr } = await project.run(words, { env });
    expect(`${stdout}${stderr}`).not.toContain('8f3a');
  }
});

test.each(['task', 'done', 'machine', 'type', 'false', '1234', 'show'])(
  'a secret that is `%s` neither breaks the run nor what programs read of it',
  async (value) => {
    await using project = await createProject({
      'tasks.config.yaml': `version: 1
secrets: [TOKEN]
checks: { odd: { id: OD001, command: odd, version: '>=1234' } }
tasks:
  show: { run: 'echo "<$TOKEN>"' }
  check: { requires: [odd], run: 'true' }
`,
    });
    await project.program('odd', 'echo "odd 1.2 <$TOKEN>"');
    const run = (words: string) => project.run(words, { env: { TOKEN: value } });
    const plain = await run('show');
    expect(plain).toMatchObject({ exit: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^▸ (show|\*{3})\n<\*{3}>\n✔ (show|\*{3}) <time>\n$/);
    expect(await run('check')).toMatchObject({ exit: 4, stderr: '' });
    for (const [words, exit] of [
      ['show --profile=out.json', 0],
      ['check', 4],
      ['show --dry-run', 0],
    ] as const) {
      const { stdout } = await run(`${words} --output=json`);
      expect(stdout).not.toContain(`<${value}>`);
      const lines = stdout
        .replaceAll('"<time>"', '1')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.at(-1)).toMatchObject({ type: 'run-finished', exit });
    }
    expect(JSON.parse(await project.read('out.json'))).toMatchObject({ displayTimeUnit: 'ms' });
    const doctor = await run('doctor --json');
    expect(JSON.parse(doctor.stdout.replaceAll('"<time>"', '1'))).toMatchObject({ exit: 4, roots: ['OD001'] });
    expect(doctor.stdout).not.toContain(`<${value}>`);
  },
);

test.each(['false', '1234', 'name', 'type', 'default', 'needs'])(
  'with the secret `%s` the list and the graph are still JSON, and it is not in what a user wrote there',
  async (value) => {
    await using project = await createProject(
      config(`  build: { about: 'has <${value}>', run: 'true' }
  test:
    needs: [build]
    aliases: ['t-${value}']
    args: { name: file, about: 'has <${value}>' }
    params:
      name: { default: '<${value}>', about: 'has <${value}>' }
      task: { type: enum, values: ['${value}', other] }
      port: { type: int, default: 12345 }
      off: { type: bool, default: false }
    run: 'echo \${args} \${name} \${task} \${port} \${off}'
`),
    );
    for (const words of ['--list --output=json', 'test --graph=json', '--graph=json']) {
      const { stdout, stderr, exit } = await project.run(words, { env: { TOKEN: value } });
      expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
      const { tasks } = JSON.parse(stdout);
      expect(tasks).toMatchObject([
        { name: 'build', about: 'has <***>', needs: [], hidden: false },
        {
          name: 'test',
          aliases: ['t-***'],
          needs: ['build'],
          args: { about: 'has <***>' },
          params: {
            name: { type: 'string', default: '<***>', about: 'has <***>', required: false },
            task: { type: 'enum', values: ['***', 'other'] },
            port: { default: value === '1234' ? '***5' : 12_345 },
            off: { default: false },
          },
        },
        ...(words.startsWith('--list') ? [{ name: 'doctor' }] : []),
      ]);
    }
  },
);

test('where two secrets overlap, both are covered', async () => {
  await using project = await createProject(config("  show: { run: 'echo abcdefghij' }\n"));
  expect((await project.run('show', { env: { TOKEN: 'abcdef', KEY: 'defghi' } })).stdout).toBe(
    '▸ show\n***j\n✔ show <time>\n',
  );
});

test('an empty value masks nothing, and one that is too short is told', async () => {
  await using project = await createProject(config("  show: { run: 'echo 123 and more' }\n"));
  expect((await project.run('show', { env: { TOKEN: '', KEY: '123' } })).stdout).toBe(
    'note: the value of `KEY` is shorter than 4 characters and is not masked\n▸ show\n123 and more\n✔ show <time>\n',
  );
});

test('a value is masked wherever a long line is cut', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\nsecrets: [TOKEN]\ntasks:\n  long: { run: node print.mjs }\n',
    'print.mjs': `const { TOKEN } = process.env;
let text = '';
for (let gap = 0; text.length < 600_000; gap = (gap + 1) % 41) text += '-'.repeat(gap) + (gap % 2 ? TOKEN : encodeURIComponent(TOKEN));
process.stdout.write(text);
`,
  });
  const { stdout } = await project.run('long --quiet', { env: { TOKEN: 'hush/hush 1234567' } });
  expect(stdout.length).toBeGreaterThan(300_000);
  expect(stdout.match(/[^-*\n].{0,20}/g)).toBeNull();
});
