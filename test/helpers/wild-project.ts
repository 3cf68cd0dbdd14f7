/** A project with tasks of every kind, and what a clean build of it is. */
import { execFile } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a task is given besides files. */
export type Settings = { readonly flavour: string; readonly kind: string };

type Task = {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly run: string;
};

/** A shell command for each file of a folder: `$f` is its path there, `$t` where it goes. */
const mirror = (from: string, to: string, work: string) =>
  `mkdir -p ${to}; cd ${from} && find . '(' -type f -o -type l ')' ! -name 'skip*' ! -name fail | while IFS= read -r f; do ` +
  `t="$OLDPWD/${to}/$f"; mkdir -p "$(dirname "$t")"; ${work}; done; cd "$OLDPWD"`;

const tasks: Readonly<Record<string, Task>> = {
  // Writes into the source tree.
  gen: {
    fields: { inputs: ['spec/**'], outputs: ['lib/gen/**'] },
    run: mirror('spec', 'lib/gen', 'if [ -f "$f" ]; then tr a-z A-Z < "$f" > "$t"; fi'),
  },
  copy: {
    fields: {
      inputs: ['src/**', '!src/**/skip*', { command: 'cat rev' }],
      envInputs: ['FLAVOUR'],
      outputs: ['out/copy'],
    },
    run: `${mirror('src', 'out/copy/tree', 'cp -P "$f" "$t"')}; cat rev > out/copy/rev; echo "$FLAVOUR" > out/copy/.flavour; sh bin/list src > out/copy/list; test ! -e src/fail`,
  },
  lib: {
    fields: { needs: ['gen'], inputs: ['lib/**', '!lib/**/*.md'], outputs: ['out/*.lib'] },
    run: 'mkdir -p out; find lib -type f ! -name \'*.md\' ! -name \'hand*\' | LC_ALL=C sort | while IFS= read -r f; do echo "$f"; cat "$f"; done > out/all.lib',
  },
  // Writes its own inputs, and nothing behind links and hard links.
  format: {
    fields: { inputs: ['fmt/*'], outputs: ['fmt/*'] },
    run: 'for f in fmt/*; do if [ -f "$f" ] && [ ! -L "$f" ]; then tr a-z A-Z < "$f" > fmt.new; chmod --reference="$f" fmt.new; mv fmt.new "$f"; fi; done',
  },
  mode: {
    fields: {
      params: { kind: { type: 'enum', values: ['a', 'b'], default: 'a' } },
      inputs: ['src/**'],
      outputs: ['out/mode-${kind}/**'],
    },
    run: 'mkdir -p out/mode-${kind}; for f in src/*; do if [ -f "$f" ]; then cat "$f" > "out/mode-${kind}/$(basename "$f")"; fi; done; echo ${kind} > out/mode-${kind}/kind',
  },
  cells: {
    fields: { matrix: { cell: ['x', 'y'] }, inputs: ['src/d/**', 'spec/**'], outputs: ['out/cell-${cell}'] },
    run: 'mkdir -p out; { sh bin/list spec; if [ -d src/d ]; then sh bin/list src/d/; fi; echo ${cell}; } > out/cell-${cell}',
  },
  all: {
    fields: { needs: ['copy', 'lib', 'cells', 'format'], inputs: [], outputs: ['out/sum'] },
    run: 'find out/copy out/all.lib out/cell-* -type f ! -name \'hand*\' | LC_ALL=C sort | while IFS= read -r f; do echo "$f"; cat "$f"; done > out/sum',
  },
};

/** What can be seen of a folder: names, exec bits, contents, links and what is behind them. */
const list = `find "$1" '(' -type f -o -type l ')' ! -name 'skip*' | LC_ALL=C sort | while IFS= read -r f; do
  echo "$f"
  if [ -L "$f" ]; then readlink "$f"; case "$(readlink "$f")" in ../ext|d) find "$f/" -type f | LC_ALL=C sort | xargs -d '\\n' -r cat;; esac; fi
  if [ -f "$f" ]; then if [ -x "$f" ]; then echo x; fi; cat "$f"; fi
done
`;

/** The files with which a project begins. */
export function wildProject(cache: string): Readonly<Record<string, string>> {
  const rows = Object.entries(tasks).map(
    ([name, { fields, run }]) => `  ${name}: ${JSON.stringify({ ...fields, run })}\n`,
  );
  return {
    'tasks.config.yaml': `version: 1\ncache: { folder: '${cache}' }\ntasks:\n${rows.join('')}`,
    'bin/list': list,
    rev: '1\n',
    'src/a': 'x\n',
    'src/d/x': 'y\n',
    'spec/a': 'x\n',
    'lib/a': 'x\n',
    'fmt/a': 'x\n',
    'ext/e': 'e\n',
  };
}

const sources = ['src', 'spec', 'lib', 'fmt', 'ext', 'rev', 'bin'];

/** Does in an empty folder what the tasks do, without the runner. False where a command fails. */
export async function buildClean(project: string, folder: string, { flavour, kind }: Settings): Promise<boolean> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const commands = Object.entries(tasks).flatMap(([name, { run }]) =>
    name === 'cells' ? ['x', 'y'].map((cell) => run.replaceAll('${cell}', cell)) : [run.replaceAll('${kind}', kind)],
  );
  const copy = `cp -a ${sources.map((name) => `'${project}/${name}'`).join(' ')} . 2>/dev/null; rm -rf lib/gen`;
  const script = [copy, ...commands.map((command) => `( ${command} ) || exit 1`)].join('\n');
  return await promisify(execFile)('/bin/sh', ['-c', script], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', FLAVOUR: flavour },
  }).then(
    () => true,
    () => false,
  );
}

/** The outputs below a folder, by path. What somebody else put there, and what was made with another param, is left out. */
export function outputsIn(folder: string, { kind }: Settings): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(join(folder, path))) visit(`${path}/${name}`);
      return;
    }
    const isOurs = !/(^|\/)hand/.test(path) && !path.startsWith(`out/mode-${kind === 'a' ? 'b' : 'a'}`);
    if (!isOurs) return;
    found[path] = stat.isSymbolicLink()
      ? `link ${readlinkSync(join(folder, path))}`
      : `${(stat.mode & 0o100) === 0 ? '' : 'x '}${readFileSync(join(folder, path), 'latin1').replaceAll(/(big .)+/gi, 'much of $1')}`;
  };
  for (const name of ['out', 'lib/gen', 'fmt']) visit(name);
  return found;
}
