/** The package as it is published: checked by those who look for mistakes, installed, compiled and used in a new project. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);
let folder = '';
let tarball = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  // Built already; building again would pull the bundle away from under other tests.
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: join(root, 'tasks/runner'),
    stdio: 'pipe',
  });
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  await install();
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** As npm does it, but without the network: what the package depends on is linked from here. */
async function install(): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(join(root, 'tasks/runner/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const linked = [...Object.keys(dependencies), '@types/node', 'typescript'];
  await file('package.json', JSON.stringify({ name: 'user', private: true, type: 'module' }));
  execFileSync('mkdir', [
    '-p',
    join(folder, 'node_modules/@types'),
    join(folder, 'node_modules/.bin'),
    join(folder, 'node_modules/zx-tasks'),
  ]);
  for (const name of linked)
    execFileSync('ln', ['-s', join(root, 'node_modules', name), join(folder, 'node_modules', name)]);
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(folder, 'node_modules/zx-tasks')]);
  execFileSync('ln', ['-s', '../zx-tasks/bin.cjs', join(folder, 'node_modules/.bin/tasks')]);
}

async function file(name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), text);
}

const run = (program: string, words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' },
  });
  return { status, output: `${stdout}${stderr}` };
};

test('publint finds nothing', () => {
  expect(run(bin('publint'), [tarball, '--strict'])).toMatchObject({ status: 0 });
});

test('the types are right for every way to import it', () => {
  expect(run(bin('attw'), [tarball, '--profile', 'strict', '--no-color', '--format', 'table'])).toMatchObject({
    status: 0,
  });
});

const pages = ['migration', 'output', 'recipes', 'tasks', 'up-to-date', 'watch'];

test('it holds what it needs and nothing else', () => {
  const names = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n').sort();
  expect(names.filter((name) => !/\.d\.c?ts$|schema\.json$|\/part-[\w-]+\.cjs$/.test(name))).toEqual([
    'package/LICENSE',
    'package/README.md',
    'package/bin.cjs',
    'package/dist/cli.cjs',
    'package/dist/script.cjs',
    'package/dist/script.mjs',
    'package/dist/third-party-licenses.txt',
    ...pages.map((page) => `package/docs/${page}.md`),
    'package/package.json',
  ]);
  expect(names.filter((name) => name.endsWith('.cache'))).toEqual([]);
});

test('what is installed with it is what it loads: all else is bundled, and has its licence beside it', async () => {
  const dist = join(folder, 'node_modules/zx-tasks/dist');
  const programs = readdirSync(dist).filter((name) => /\.[cm]js$/.test(name));
  const texts = await Promise.all(programs.map((name) => readFile(join(dist, name), 'utf8')));
  const loaded = texts.flatMap((text) =>
    [...text.matchAll(/(?:\brequire\(|\bfrom ?)"([^".][^"]*)"/g)].map((match) => match[1] ?? ''),
  );
  const { dependencies, devDependencies } = JSON.parse(
    await readFile(join(root, 'tasks/runner/package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>;
  expect([...new Set(loaded)].filter((name) => !isBuiltin(name))).toEqual(Object.keys(dependencies));
  const [, ...sections] = (await readFile(join(dist, 'third-party-licenses.txt'), 'utf8')).split(/^== /m);
  const notBundled = ['@valibot/to-json-schema', 'rolldown'];
  const bundled = Object.keys(devDependencies).filter((name) => !notBundled.includes(name));
  const named = sections.map((section) => section.split(' ')[0]);
  // What listr2 draws with is no dependency of ours, and is bundled all the same.
  expect(named).toEqual(expect.arrayContaining([...bundled, 'log-update']));
  expect(sections.filter((section) => !/copyright/i.test(section))).toEqual([]);
});

test('its pages are those of the repository, and their links lead to each other', async () => {
  const packed = (path: string) => readFile(join(folder, 'node_modules/zx-tasks', path), 'utf8');
  for (const page of pages) {
    const text = await packed(`docs/${page}.md`);
    expect(text).toBe(await readFile(join(root, 'docs', `${page}.md`), 'utf8'));
    const links = [...text.matchAll(/\]\((?!https?:|#)([\w.-]+)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !pages.includes(link.replace(/\.md$/, '')))).toEqual([]);
  }
  const links = [...(await packed('README.md')).matchAll(/\]\(docs\/([\w-]+)\.md\)/g)].map((match) => match[1]);
  expect(links.toSorted()).toEqual(pages);
});

test('a new project compiles against it, strictly, and runs what its README shows', async () => {
  const readme = await readFile(join(root, 'tasks/runner/README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```(?:ts|yaml)\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const [config = '', greet = '', other = ''] = blocks;
  await file('tasks.config.yaml', config.replace('tsc -p .', 'echo built'));
  await file('greet.ts', greet);
  await file('other.ts', other);
  const pages = ['docs/tasks.md', 'docs/recipes.md'].map((path) => readFile(join(root, path), 'utf8'));
  const reference = (await Promise.all(pages)).join('\n');
  for (const [index, match] of [...reference.matchAll(/```ts\n([\s\S]*?)```/g)].entries())
    await file(`reference-${index}.ts`, match[1] ?? '');
  await file(
    'check.ts',
    "import type { Check } from 'zx-tasks';\nexport const checks: readonly Check[] = [\n  { id: XY001, name: 'x', question: 'is it?', group: 'g', run: async ({ exists }) => ({ outcome: (await exists('.')) ? 'pass' : 'fail', summary: 'it is' }) },\n];\n".replace(
      'XY001',
      "'XY001'",
    ),
  );
  await file(
    'wrong.ts',
    "import { defineTask } from 'zx-tasks';\n// @ts-expect-error a param is a text, a number or a truth\nexport const run = defineTask<{ name: Date }>(async () => {});\n",
  );
  await file(
    'shell.cts',
    `import { defineTask } from 'zx-tasks';
interface Wanted { readonly port: number; readonly mode?: string }
export const run = defineTask<Wanted>(async ({ $, params, log }) => {
  const { exitCode, stdout } = await $({ nothrow: true, timeout: '5s' })\`echo \${params.port.toFixed()} \${[params.mode]}\`.quiet();
  for await (const line of $\`sort\`.pipe\`uniq\`) log(\`\${exitCode} \${stdout.trim()} \${line}\`);
});
`,
  );
  await file(
    'events.cts',
    `import { type RunEvent, run, type TaskEnd } from 'zx-tasks';
const failed = (end: TaskEnd): readonly string[] => (end.state === 'failed' ? end.failure.lastLines : []);
export const done = run(['greet'], {
  onEvent: (event: RunEvent) => {
    if (event.type === 'task-output') return event.stream === 'stderr' ? event.line.length : 0;
    if (event.type === 'task-finished') return failed(event.end).length + event.tookMs;
    if (event.type === 'run-finished') return event.exit + (event.tookMs ?? 0);
    // @ts-expect-error the start of a task has no end
    return event.type === 'task-started' ? event.end : event.type;
  },
});
`,
  );
  for (const ways of [
    { module: 'nodenext', types: ['node'] },
    { module: 'node16', types: [] },
    { module: 'esnext', moduleResolution: 'bundler', types: [] },
  ]) {
    const strict = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'es2023',
    };
    await file('tsconfig.json', JSON.stringify({ compilerOptions: { ...strict, ...ways } }));
    expect(run(bin('tsc'), ['-p', '.'])).toEqual({ status: 0, output: '' });
  }
  const shown = run(join(folder, 'node_modules/.bin/tasks'), ['greet', '--name=you']);
  expect(shown.output).toContain('hello you\nthat was it\n');
  expect(shown.status).toBe(0);
});

test('what the runner keeps in its own folder makes nothing out of date, where a task installs it', async () => {
  const own = join(folder, 'node_modules/zx-tasks/dist');
  for (const name of readdirSync(own)) if (name.endsWith('.cache')) await rm(join(own, name));
  const config = `version: 1
tasks:
  install: { inputs: [], outputs: [node_modules/zx-tasks], run: touch node_modules/zx-tasks/installed }
  build: { needs: [install], inputs: [], run: 'true' }
`;
  await file('tasks.config.yaml', config);
  const build = () => run(join(folder, 'node_modules/.bin/tasks'), ['build', '--explain']);
  expect(build().output).toContain('ok: 2 done');
  expect(readdirSync(own).some((name) => name.endsWith('.cache'))).toBe(true);
  expect(build().output).toContain('ok: 0 done, 2 skipped');
});

test('`run` gives the exit code and every event, from a module and from CommonJS', async () => {
  await file('tasks.config.yaml', 'version: 1\ntasks:\n  good: { run: echo hi }\n  bad: { run: exit 7 }\n');
  const body = `const types = [];
    run(['good'], { onEvent: (event) => types.push(event.type) }).then(async (good) => {
      const bad = await run(['bad', '--quiet'], {});
      console.log(JSON.stringify([good, types.filter((type) => type !== 'command-started'), bad]));
    });`;
  await file('use.mjs', `import { run } from 'zx-tasks';\n${body}`);
  await file('use.cjs', `const { run } = require('zx-tasks');\n${body}`);
  for (const name of ['use.mjs', 'use.cjs']) {
    const { output } = run(process.execPath, [name]);
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual([
      { exit: 0 },
      ['run-started', 'task-started', 'task-output', 'task-finished', 'run-finished'],
      { exit: 7 },
    ]);
  }
});
