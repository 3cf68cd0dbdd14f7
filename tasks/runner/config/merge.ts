import { posix } from 'node:path';
import { globIn } from '../text/paths.ts';
import type { Finding } from './finding.ts';
import { taskWords } from './names.ts';
import { defined } from './normalise.ts';
import { type Part, within } from './parts.ts';
import type { CheckRow, Config, TaskRow } from './types.ts';

/** One config of many files, and the way back from its names to the file that has them. */
export type Merged = {
  readonly config: Config;
  /** Names that two files give. */
  readonly findings: readonly { readonly part: Part; readonly finding: Finding }[];
  /** Where a finding in the merged config stands: its file, and the path there. */
  readonly originOf: (finding: Finding) => { readonly part: Part; readonly finding: Finding };
};

/**
 * Puts the files of a config together. The tasks and checks of an included file are called by its namespace, `docs:build`.
 * A name that it uses is looked for there first, then in the file that includes it, and so on outwards.
 */
export function mergeParts([root, ...included]: readonly [Part, ...Part[]]): Merged {
  const all = [root, ...included];
  const words = new Set(
    all.flatMap(({ config, namespace }) => taskWords(config).map((word) => within(namespace, word))),
  );
  const checks = new Set(
    all.flatMap(({ config, namespace }) => Object.keys(config.checks).map((name) => within(namespace, name))),
  );
  const config: Config = {
    ...root.config,
    secrets: [...new Set(all.flatMap((part) => part.config.secrets))],
    messages: all.flatMap((part) => part.config.messages),
    policy: all.flatMap(({ config: { policy }, namespace }) =>
      policy.map((row) => ({ ...row, tasks: row.tasks.map((glob) => within(namespace, glob)) })),
    ),
    checks: merge(all, (part) => Object.values(part.config.checks).map((check) => checkIn(part, check))),
    tasks: merge(all, (part) => Object.values(part.config.tasks).map((task) => taskIn(part, task, { words, checks }))),
    scopes: Object.fromEntries(
      included.map(({ namespace, file, folder, config: { vars, dotenv } }) => [
        namespace,
        { file, vars, dotenv: dotenv.map((file) => posix.join(folder, file)) },
      ]),
    ),
  };
  return { config, findings: takenByTwoFiles(all), originOf: (finding) => originOf(all, finding) };
}

function merge<Row extends { readonly name: string }>(
  parts: readonly Part[],
  rowsOf: (part: Part) => readonly Row[],
): Record<string, Row> {
  const rows = parts.flatMap(rowsOf);
  return Object.fromEntries(
    rows
      .reverse()
      .map((row): [string, Row] => [row.name, row])
      .reverse(),
  );
}

function checkIn({ namespace, folder }: Part, check: CheckRow): CheckRow {
  const name = within(namespace, check.name);
  return check.kind === 'script' ? { ...check, name, script: posix.join(folder, check.script) } : { ...check, name };
}

type Names = { readonly words: ReadonlySet<string>; readonly checks: ReadonlySet<string> };

function taskIn({ namespace, folder }: Part, task: TaskRow, { words, checks }: Names): TaskRow {
  if (namespace === '') return task;
  return {
    ...task,
    namespace,
    name: within(namespace, task.name),
    aliases: task.aliases.map((alias) => within(namespace, alias)),
    needs: task.needs.map((need) => outwards(namespace, need, words)),
    requires: task.requires.map((name) => outwards(namespace, name, checks)),
    cwd: posix.join(folder, task.cwd ?? '.'),
    outputs: task.outputs.map((glob) => globIn(folder, glob)),
    ...defined({
      cell: task.cell && { ...task.cell, of: within(namespace, task.cell.of) },
      inputs: task.inputs?.map((input) => (typeof input === 'string' ? globIn(folder, input) : input)),
      watch: task.watch?.map((glob) => globIn(folder, glob)),
      script: task.script === undefined ? undefined : posix.join(folder, task.script),
    }),
  };
}

/** The nearest that has the name, from the namespace outwards; as written where none has. */
function outwards(namespace: string, name: string, known: ReadonlySet<string>): string {
  const steps = namespace.split(':');
  const scopes = steps.map((_, index) => steps.slice(0, steps.length - index).join(':'));
  const scope = scopes.find((candidate) => known.has(within(candidate, name)));
  return scope === undefined ? name : within(scope, name);
}

function takenByTwoFiles(parts: readonly Part[]): Merged['findings'] {
  return (['tasks', 'checks'] as const).flatMap((section) => {
    const owners = new Map<string, Part>();
    return parts.flatMap((part): Merged['findings'] =>
      Object.keys(part.config[section]).flatMap((name) => {
        const full = within(part.namespace, name);
        const owner = owners.get(full);
        owners.set(full, owner ?? part);
        if (owner === undefined) return [];
        const message = `${section.slice(0, -1)} \`${full}\` is also defined in \`${owner.shownFile}\``;
        return [{ part, finding: { path: [section, name], at: 'key', message } }];
      }),
    );
  });
}

function originOf(parts: readonly Part[], finding: Finding): { readonly part: Part; readonly finding: Finding } {
  const [section, key, ...rest] = finding.path;
  const [root] = parts;
  if (root === undefined) throw new Error('a config without a file');
  if (section === 'policy' && typeof key === 'number') {
    let index = key;
    for (const part of parts) {
      if (index < part.config.policy.length) return { part, finding: { ...finding, path: [section, index, ...rest] } };
      index -= part.config.policy.length;
    }
  }
  if ((section === 'tasks' || section === 'checks') && typeof key === 'string') {
    for (const part of parts) {
      const own = part.namespace === '' ? key : key.slice(part.namespace.length + 1);
      const isHere = key === within(part.namespace, own) && Object.hasOwn(part.config[section], own);
      if (isHere) return { part, finding: { ...finding, path: [section, own, ...rest] } };
    }
  }
  return { part: root, finding };
}
