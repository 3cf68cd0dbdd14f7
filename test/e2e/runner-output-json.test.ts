/** `--output=json` for every kind of run. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const bin = resolve(import.meta.dirname, '../../tasks/runner/bin.cjs');

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

test('every line of `--output=json` is what the published schema says', async () => {
  await using project = await createProject({
    ...config(`  a: { about: first, run: echo hi }
  b: { needs: [a], run: exit 3, retry: { times: 1, backoff: 1ms } }
  c: { needs: [b] }
  image: { container: nothing, run: echo }
  late: { timeout: 1ms, run: sleep 9, finally: exit 4 }
  mac: { platforms: [win32], run: echo }
  machine: { requires: [tool], run: echo }
  server: { service: { run: 'echo up; exec sleep 60', ready: { log: up } } }
  served: { needs: [server], run: echo }
  ends: { service: { run: exit 5, ready: { log: up } } }
  known: { run: 'echo out of memory; exit 1' }
  script: { script: s.ts }
  files: { inputs: [s.ts], outputs: [copy], run: cp s.ts copy }
  each: { matrix: { of: [x, y] }, run: 'echo \${of}' }
messages: known.yaml
checks:
  tool: { id: TL001, command: no-such-tool --version, version: '>=1', install: { npm: tool } }
`),
    'known.yaml': '- { pattern: out of memory, check: TL001, cause: too little, remedy: more }\n',
    's.ts': 'export async function run({ $ }) { await $`exit 5`; }\n',
  });
  for (const engine of ['podman', 'docker']) await project.program(engine, 'echo no engine >&2; exit 1');
  const schema = JSON.parse(await readFile(resolve('tasks/runner/events.schema.json'), 'utf8')) as object;
  const isValid = new Ajv({ strict: false }).compile(schema);
  const runs = 'c|c --dry-run|image|late|mac|machine|served|ends|known|script|files|files|each b --keep-going';
  for (const words of ['nothing', ...runs.split('|')]) {
    const lines = linesOf(words);
    expect(lines.length, words).toBeGreaterThan(words === 'nothing' ? 0 : 1);
    for (const line of lines) expect(isValid(JSON.parse(line)), `${line} ${JSON.stringify(isValid.errors)}`).toBe(true);
  }
  expect(isValid({ type: 'task-started', atMs: 1, task: 'a', where: 'here', more: 1 })).toBe(false);

  function linesOf(words: string): readonly string[] {
    const options = { cwd: project.folder, env: project.env(), encoding: 'utf8' } as const;
    const { stdout } = spawnSync(process.execPath, [bin, ...words.split(' '), '--output=json'], options);
    return stdout.split('\n').filter((line) => line !== '');
  }
});

test('what would do more than print on a terminal stands in JSON by its number, and is read as it was', async () => {
  const text = '\u007F\u0085\u009B31m \u202Egnp\u2066 \u2028 ü';
  await using project = await createProject({
    ...config(`  a: { about: '${text}', run: cat text }\n`),
    text: `${text}\n`,
  });
  for (const words of ['a --output=json', 'a --dry-run --output=json', '--list --output=json', '--graph=json']) {
    const { exit, stdout } = await project.run(words);
    expect([words, exit]).toEqual([words, 0]);
    expect(stdout).not.toMatch(/[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/);
    expect(stdout).toContain('\\u007f');
  }
  const lines = (await project.run('a --output=json')).stdout.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
    expect.objectContaining({ type: 'task-output', line: text }),
  );
});

test('`--dry-run --output=json` is a line for each planned task, with what would happen to it', async () => {
  await using project = await createProject({
    ...config(`  a: { about: first, inputs: [in], outputs: [out], run: 'cp in out' }
  mac: { platforms: [win32], run: echo mac }
  b: { needs: [a, mac], params: { to: {} }, confirm: sure?, run: [echo 1, 'echo \${to}'], finally: echo end }
  s: { needs: [b], script: s.ts }
  web: { container: image, run: 'true' }
`),
    in: '',
    's.ts': '',
  });
  await project.run('a');
  const { exit, stdout, stderr } = await project.run('b --to=x\\ y s web --dry-run --output=json');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const type = 'task-planned';
  const nothing = { requires: [], because: [], commands: [], finally: [], needs: [] };
  const skipped = expect.stringContaining('it is for win32') as string;
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toEqual([
    { ...nothing, type, task: 'a', about: 'first', state: 'up-to-date', commands: ['cp in out'] },
    { ...nothing, type, task: 'mac', state: 'skipped', because: [skipped], commands: ['echo mac'] },
    {
      ...nothing,
      ...{ type, task: 'b', needs: ['a', 'mac'], state: 'would-run', confirm: 'sure?' },
      ...{ commands: ['echo 1', "echo 'x y'"], finally: ['echo end'] },
    },
    { ...nothing, type, task: 's', needs: ['b'], state: 'would-run', script: '<project>/s.ts' },
    { ...nothing, type, task: 'web', state: 'would-run', container: 'image', commands: ['true'] },
    { type: 'run-finished', exit: 0, reason: 'ok' },
  ]);
});

test('`doctor --output=json` is `doctor --json`, and its other forms are refused beside it', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\nchecks:\n  sh: { id: SH001, command: 'echo 1.2', version: '>=1' }\ntasks: {}\n",
  });
  const withoutTimes = async (words: string) => (await project.run(words)).stdout.replaceAll(/"tookMs": [\d.]+/g, '');
  expect(await withoutTimes('doctor --output=json')).toBe(await withoutTimes('doctor --json'));
  expect((await project.run('doctor --output=json')).stdout).toContain('"schemaVersion": 1');
  for (const [words, error] of [
    ['doctor --checks', '`--checks` and `--output=json` cannot be used together'],
    ['doctor --dry-run', '`doctor` plans no tasks to show as JSON'],
  ]) {
    const { exit, stderr } = await project.run(`${words} --output=json`);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining(`error: ${error}\n`) as string });
  }
});
