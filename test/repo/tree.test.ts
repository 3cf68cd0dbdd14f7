/** Invariants of the repository: layers, importers, names, and words that no file may carry. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { images, services } from '../../tasks/lib/stack.ts';
import { LONGEST } from '../helpers/longest-first.ts';
import { files, importsOf, read } from '../helpers/tree.ts';

const root = resolve(import.meta.dirname, '../..');
const code = files(/^(tasks|container|ci)\/.*\.(ts|mjs|cjs)$/);

test.each([
  ['zx', /^zx(\/|$)/],
  ['listr2', /^listr2$/],
  ['yaml', /^yaml$/],
  ['semver', /^semver(\/|$)/],
  ['jiti', /^jiti$/],
  ['picomatch', /^picomatch$/],
  ['string-width', /^string-width$/],
  ['@noble/hashes', /^@noble\/hashes\//],
  ['koffi', /^koffi$/],
])('%s is imported in one file, types aside', (_name, pattern) => {
  const importers = code.filter(
    (path) => !path.startsWith('ci/') && loadedBy(path).some((module) => pattern.test(module)),
  );
  expect(importers).toHaveLength(1);
});

test('what a layer of the runner loads lies in its own row of the architecture, or below', () => {
  const [, section = ''] = read('docs/architecture.md').split('## The runner, layer by layer');
  const rows = [...section.matchAll(/^\| (`.*`) \|/gm)].map(([, names = '']) => names.match(/[\w-]+/g) ?? []);
  const rowOf = new Map(rows.flatMap((names, row) => names.map((name): [string, number] => [name, row])));
  const own = files(/^tasks\/runner\/.*\.ts$/);
  const nameOf = (path: string): string => path.replace(/^tasks\/runner\/([^/]+?)(\.ts|\/.*)$/, '$1');
  expect([...rowOf.keys()].sort()).toEqual([...new Set(own.map(nameOf))].sort());
  const upwards = own.flatMap((path) =>
    loadedBy(path)
      .filter((module) => module.startsWith('.'))
      .map((module) => join(dirname(path), module))
      .filter((other) => (rowOf.get(nameOf(other)) ?? -1) < (rowOf.get(nameOf(path)) ?? -1))
      .map((other) => `${path} loads ${other}`),
  );
  expect(upwards).toEqual([]);
});

test('what the architecture says goes through the host does not ask the system itself', () => {
  const [, names = ''] =
    /^\*\*Invariant:\*\* (`config`.*?) touch the machine only/m.exec(read('docs/architecture.md')) ?? [];
  const parts = names.match(/[\w-]+/g)?.filter((name) => name !== 'and') ?? [];
  const own = files(new RegExp(`^tasks/runner/(?:${parts.join('|')})(?:/.*)?\\.ts$`));
  const asksItself = /^node:(?:fs|child_process|net|https?|tty)\b/;
  expect(parts).toContain('render');
  expect(own.filter((path) => loadedBy(path).some((module) => asksItself.test(module)))).toEqual([]);
});

test.each(['tasks.config.yaml', 'package.json', 'ci/full', '.ci/run'])(
  'every program that %s names is there',
  (path) => {
    const named = [
      ...read(path).matchAll(/(?<=\s|")(?:\.\/)?((?:tasks|bpf|container|ci|test)\/[\w./-]+\.(?:[cm]?[jt]s|sh|py))\b/g),
    ];
    expect(named.length).toBeGreaterThan(0);
    expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  },
);

test.each(['architecture', 'dependencies'])('every file that the page about %s names is there', (page) => {
  const named = [
    ...read(`docs/${page}.md`).matchAll(/`([^`\s]*\/[^`\s]*\.ts)`|`((?:tasks|bpf|container)\/[^`]*)`/g),
  ].map(([, file, path = '']) => file ?? path);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('scripts and checks import the runner by its name, and each other not at all', () => {
  for (const path of files(/^tasks\/(scripts|checks|lib)\/.*\.ts$/)) {
    const foreign = importsOf(path).filter(
      (module) => !/^(node:|zx-tasks$|\.{1,2}\/)/.test(module) || /runner|scripts\//.test(module),
    );
    expect(foreign, path).toEqual([]);
  }
});

test('the runner knows nothing of the stack, and the profiler nothing of the runner', () => {
  expect(files(/^tasks\/runner\/.*\.ts$/).filter((path) => /eBPF|http_probe|profiler/i.test(read(path)))).toEqual([]);
  const ofProfiler = files(/^container\/profiler\/src\/.*\.ts$/);
  expect(ofProfiler.filter((path) => importsOf(path).some((module) => module.includes('tasks')))).toEqual([]);
});

test('`build`, `logs` and `shell` take the names of the stack and no others', () => {
  const { tasks } = parse(read('tasks.config.yaml')) as { tasks: Record<string, { args?: { values?: string[] } }> };
  const [build, logs, shell] = ['build', 'logs', 'shell'].map((name) => tasks[name]?.args?.values);
  expect({ build, logs, shell }).toEqual({ build: Object.keys(images), logs: services, shell: services });
});

test('every script of the config exists, under the name of its task', () => {
  const config = parse(read('tasks.config.yaml')) as {
    tasks: Record<string, { script?: string }>;
    checks: Record<string, { script?: string }>;
  };
  for (const [name, { script }] of Object.entries(config.tasks)) {
    if (script !== undefined) expect(script).toBe(`tasks/scripts/${name.replaceAll(':', '/')}.ts`);
  }
  const used = [...Object.values(config.tasks), ...Object.values(config.checks)].flatMap(({ script }) => script ?? []);
  for (const script of used) expect(existsSync(join(root, script)), script).toBe(true);
  expect(files(/^tasks\/(scripts|checks)\/.*\.ts$/).filter((path) => !used.includes(path))).toEqual([]);
});

test('every check that a script file exports is in the config, and its needs are too', async () => {
  const config = parse(read('tasks.config.yaml')) as { checks: Record<string, { id: string; script?: string }> };
  const ids = Object.values(config.checks).map((check) => check.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const path of files(/^tasks\/checks\/.*\.ts$/)) {
    const { checks } = (await import(join(root, path))) as { checks: { id: string; name: string; needs?: string[] }[] };
    for (const check of checks) {
      expect(config.checks[check.name]).toEqual({ id: check.id, script: path });
      for (const need of check.needs ?? []) expect(ids).toContain(need);
    }
  }
});

test('messages that are known point to checks that exist', () => {
  const config = parse(read('tasks.config.yaml')) as { checks: Record<string, { id: string }> };
  const ids = Object.values(config.checks).map((check) => check.id);
  const messages = parse(read('tasks/checks/messages.yaml')) as { check: string; pattern: string }[];
  expect(messages.filter(({ check }) => !ids.includes(check))).toEqual([]);
});

test('what a message of the runner has somebody type works where the runner is a package of the project: with `npx`', () => {
  const asked = code.filter((path) => path.startsWith('tasks/runner/')).flatMap((path) => read(path).split('\n'));
  const typed = asked.filter((line) => /\\?`tasks (--[a-z]|doctor )/.test(line) && !/^ *(\/?\*|\/\/)/.test(line));
  expect(typed.filter((line) => !line.includes('### `tasks doctor`'))).toEqual([]);
});

test('the map of the probe has each of its headers, and no others', () => {
  const rows = [...read('bpf/README.md').matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => `bpf/${match[1]}`);
  expect(rows.sort()).toEqual([...files(/^bpf\/.*\.h$/)].sort());
});

test('no file is longer than 200 lines without saying why', () => {
  const long = [...code, ...files(/^bpf\/.*\.[ch]$/)].filter((path) => {
    const text = read(path);
    return text.split('\n').length > 200 && !/longer than 200 lines because/i.test(text);
  });
  expect(long).toEqual([]);
});

test('no file speaks of the place where it was written', () => {
  const words = [
    /\/work\//,
    /\.\.\/shared/,
    /\bissue #?\d+\b/i,
    /\b(this|last|next) session\b/i,
    /registry\.npmjs|deb\.debian\.org/,
  ];
  const offenders = files(/./)
    .filter((path) => !/^package-lock\.json$|\.svg$|^test\/repo\/|^\.ci\//.test(path))
    .filter((path) => words.some((word) => word.test(read(path))));
  expect(offenders).toEqual([]);
});

test('the tests that begin first are there', () => {
  expect(LONGEST.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('nothing is half done: no marker of unfinished work', () => {
  const offenders = files(/^(tasks|container|bpf|ci|test)\/.*\.(ts|c|h|sh|mjs|cjs)$/)
    .filter((path) => !path.startsWith('test/repo/'))
    .filter((path) => /\b(TODO|FIXME|XXX|HACK)\b/.test(read(path)));
  expect(offenders).toEqual([]);
});

/** The modules that a file loads, so without those of which it needs only types. */
function loadedBy(path: string): readonly string[] {
  const loads = /^(?:import|export) ([\w$*,{}\s]*?)\s*from '([^']+)'|(?:import|require)\('([^']+)'\)/gm;
  const onlyTypes = /^type\b|^\{(?:\s*type [\w$]+\s*,?)+\s*\}$/;
  return [...read(path).matchAll(loads)].flatMap(([, names = '', from, late]) =>
    onlyTypes.test(names) ? [] : [from ?? late ?? ''],
  );
}
