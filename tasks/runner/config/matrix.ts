import { listed } from '../errors.ts';
import { type Finding, type Path, thatHold } from './finding.ts';
import { isWrongCell } from './shape/stand-in.ts';
import { fillTemplate } from './template.ts';
import type { Config, TaskRow } from './types.ts';

type Expanded = { readonly config: Config; readonly findings: readonly Finding[] };

/** So many can be looked at in seconds; with ten times as many there may not be enough memory. */
const mostCells = 10_000;

/**
 * Makes one task for each combination of a matrix: of `build` with `matrix: { arch: [x86, arm64] }` come `build:x86` and
 * `build:arm64`, and `build` itself stands for them all.
 */
export function expandMatrices(config: Config): Expanded {
  const findings: Finding[] = [];
  const tasks = Object.values(config.tasks).flatMap((row) => {
    if (row.matrix === undefined) return [row];
    if (Object.keys(row.matrix).length === 0) {
      const message = `the \`matrix\` of task \`${row.name}\` has no keys`;
      findings.push({ path: ['tasks', row.name, 'matrix'], at: 'key', message });
      return [row];
    }
    const count = Object.values(row.matrix).reduce((product, values) => product * values.length, 1);
    if (count > mostCells) {
      const message = `the \`matrix\` of task \`${row.name}\` makes ${count} tasks, and at most ${mostCells} are possible`;
      findings.push({ path: ['tasks', row.name, 'matrix'], at: 'key', message });
      return [row];
    }
    const cells = combinations(row.matrix).map((values) => cellOf(row, values));
    findings.push(...problemsOf(row, row.matrix), ...namesTaken(config, row, cells));
    return [whole(row, cells), ...cells.filter((cell) => !Object.hasOwn(config.tasks, cell.name))];
  });
  return { config: { ...config, tasks: Object.fromEntries(tasks.map((row) => [row.name, row])) }, findings };
}

/**
 * Findings in a cell point at the task as it was written, each once however many cells have it. What a cell of a wrong value
 * needs is only a consequence.
 */
export function atWrittenTasks(
  { config, wrong }: { readonly config: Config; readonly wrong: readonly Path[] },
  findings: readonly Finding[],
): readonly Finding[] {
  const seen = new Set<string>();
  return findings.flatMap((finding) => {
    const [section, name, ...rest] = finding.path;
    const cell = section === 'tasks' && typeof name === 'string' ? config.tasks[name]?.cell : undefined;
    const isMadeUp = rest[0] === 'needs' && cell !== undefined && isWrongCell(wrong, cell.of, cell.values);
    if (isMadeUp) return [];
    const moved = cell === undefined ? finding : { ...finding, path: ['tasks', cell.of, ...rest] };
    const key = JSON.stringify([moved.path, moved.at, moved.part, moved.message.replaceAll(`\`${name}\``, '')]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [moved];
  });
}

function combinations(axes: Readonly<Record<string, readonly string[]>>): readonly Record<string, string>[] {
  return Object.entries(axes).reduce<readonly Record<string, string>[]>(
    (cells, [axis, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value }))),
    [{}],
  );
}

function cellOf({ matrix: _, aliases: __, ...row }: TaskRow, values: Readonly<Record<string, string>>): TaskRow {
  const fill = (text: string): string => fillTemplate(text, (name) => values[name] ?? `\${${name}}`);
  return {
    ...row,
    name: [row.name, ...Object.values(values)].join(':'),
    aliases: [],
    ...(row.about === undefined ? {} : { about: fill(row.about) }),
    hidden: true,
    needs: row.needs.map(fill),
    cell: { of: row.name, values },
  };
}

/** What is left of the written task: its name, its words and flags, and all its cells as needs. */
function whole({ container: _, script: __, confirm: ___, ...row }: TaskRow, cells: readonly TaskRow[]): TaskRow {
  return { ...row, needs: cells.map((cell) => cell.name), requires: [], run: [], finally: [], locks: [] };
}

function problemsOf(row: TaskRow, axes: Readonly<Record<string, readonly string[]>>): readonly Finding[] {
  return Object.entries(axes).flatMap(([axis, values]) => {
    const at = (message: string): Finding => ({ path: ['tasks', row.name, 'matrix', axis], at: 'key', message });
    const twice = values.filter((value, index) => values.indexOf(value) !== index);
    const title = `matrix key \`${axis}\` of task \`${row.name}\``;
    return thatHold([
      values.length === 0 && at(`${title} has no values`),
      twice.length > 0 && at(`${title} has ${listed(new Set(twice))} twice`),
      Object.hasOwn(row.params, axis) && at(`\`${axis}\` of task \`${row.name}\` is a matrix key and a param`),
    ]);
  });
}

function namesTaken(config: Config, row: TaskRow, cells: readonly TaskRow[]): Finding[] {
  return cells.flatMap((cell): Finding[] => {
    if (!Object.hasOwn(config.tasks, cell.name)) return [];
    const message = `task \`${cell.name}\` is also made by the matrix of task \`${row.name}\``;
    return [{ path: ['tasks', cell.name], at: 'key', message, hint: 'give it another name' }];
  });
}
