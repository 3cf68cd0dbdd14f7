/** Documents are tested: links lead somewhere, commands exist, blocks parse. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { files, read } from '../helpers/tree.ts';

const root = resolve(import.meta.dirname, '../..');
const documents = files(/\.md$/);

test.each(documents)('every link in %s leads to a file that exists', (path) => {
  const links = [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  const broken = links.filter((link) => !existsSync(join(root, dirname(path), link)));
  expect(broken).toEqual([]);
});

/** As GitHub makes them of headings. */
const anchorsIn = (path: string): readonly string[] =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(documents)('every link in %s to a heading leads to one', (path) => {
  const links = [...read(path).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  const broken = links.flatMap(([, file = '', anchor = '']) => {
    const target = file === '' ? path : join(dirname(path), file);
    return anchorsIn(target).includes(anchor) ? [] : [`${file}#${anchor}`];
  });
  expect(broken).toEqual([]);
});

test('every `npx tasks` command in a document names a task that exists', () => {
  const config = parse(read('tasks.config.yaml')) as { tasks: Record<string, { aliases?: string[] }> };
  const names = ['doctor', ...Object.entries(config.tasks).flatMap(([name, task]) => [name, ...(task.aliases ?? [])])];
  const unknown = documents.flatMap((path) =>
    [...read(path).matchAll(/npx tasks ([a-z][\w:-]*)/g)]
      .map((match) => match[1] ?? '')
      .filter((word) => !names.includes(word))
      .map((word) => `${path}: ${word}`),
  );
  expect(unknown).toEqual([]);
});

test('every variable of ours that the code reads from the environment is in a document', () => {
  const sources = files(/^tasks\/.*\.ts$/).map(read);
  const variables = sources.flatMap((text) => [...text.matchAll(/\benv\.(TASKS_\w+)/g)].map((match) => match[1] ?? ''));
  const pages = documents.map(read).join('\n');
  expect(variables).toContain('TASKS_ENGINE');
  expect(variables.filter((name) => !pages.includes(name))).toEqual([]);
});

test('the README’s first block is two commands, and `npm test` runs what CI runs', () => {
  const block = /```sh\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
  const commands = block
    .split('\n')
    .map((line) => line.replace(/\s+#.*/, ''))
    .filter((line) => line !== '');
  expect(commands).toEqual(['npm ci && npx tasks test --fix', 'npm test']);
  const ci = read('.ci/run');
  for (const command of ['npm ci', 'npx tasks test --fix', 'npm test']) expect(ci).toContain(command);
});

test('the page about CI has the commands of each job of the workflow', () => {
  type Job = { readonly steps: readonly { readonly run?: string; readonly if?: string }[] };
  const { jobs } = parse(read('.github/workflows/ci.yml')) as { readonly jobs: Readonly<Record<string, Job>> };
  for (const name of ['linux', 'macos']) {
    const [, cell = ''] = new RegExp(`^\\| \`${name}\` \\|.*\\| (.*) \\|$`, 'm').exec(read('ci/README.md')) ?? [];
    const shown = [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    const steps = jobs[name]?.steps ?? [];
    const commands = steps.flatMap((step) => (step.if === undefined ? (step.run ?? []) : []));
    expect(shown, name).toEqual(commands.map((command) => command.replace(/ \|\| test .*/, '')));
  }
});

test('the workflow may only read, pins every action by its commit, and leaves no token in the checkout', () => {
  type Step = { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> };
  type Workflow = {
    readonly permissions: Readonly<Record<string, string>>;
    readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>;
  };
  const { permissions, jobs } = parse(read('.github/workflows/ci.yml')) as Workflow;
  expect(permissions).toEqual({ contents: 'read' });
  expect(Object.values(jobs).filter((job) => job.permissions !== undefined)).toEqual([]);
  const used = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses !== undefined));
  expect(used.filter(({ uses = '' }) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  const checkouts = used.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
  expect(checkouts.length).toBeGreaterThan(0);
  expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
});

test('`ci/full` runs every longer suite that the page about CI names', () => {
  const commands = read('ci/README.md').match(/[A-Z_]+=\d+ npx vitest run [^`]+/g) ?? [];
  expect(commands.length).toBeGreaterThan(0);
  expect(commands.filter((command) => !read('ci/full').includes(` env ${command}`))).toEqual([]);
});

test('the changelog of a release is no diary: it fits on a page', () => {
  const releases = read('CHANGELOG.md').split('\n## ').slice(1);
  expect(releases.length).toBeGreaterThan(0);
  for (const release of releases) expect(release.split('\n').length, release.split('\n', 1)[0]).toBeLessThan(60);
});

test('every YAML block in a document parses', () => {
  for (const path of documents) {
    for (const [, block = ''] of read(path).matchAll(/```yaml\n([\s\S]*?)```/g))
      expect(() => parse(block), path).not.toThrow();
  }
});

test('every dependency says why it is here', () => {
  const listed = read('docs/dependencies.md');
  for (const path of files(/(^|\/)package\.json$/)) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path)) as Record<
      string,
      Record<string, string>
    >;
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      if (!name.startsWith('@types/')) expect(listed, `${name} of ${path}`).toContain(`| ${name} `);
    }
  }
});
