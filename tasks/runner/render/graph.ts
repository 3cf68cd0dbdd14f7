import type { Args, GraphForm } from '../args.ts';
import { findTask } from '../config/names.ts';
import { postOrder } from '../config/post-order.ts';
import type { Config, TaskRow } from '../config/types.ts';
import type { Host } from '../host.ts';
import { requireTasks } from '../plan/require-task.ts';
import { catalogueAsJson, catalogueOf, type Entry } from './catalogue.ts';

/** `--graph`: what needs what, of the tasks named or of all. In JSON secrets are masked. */
export function showGraph(
  config: Config,
  args: Args,
  { platform, secrets }: Pick<Host, 'platform' | 'secrets'>,
): string {
  const named = requireTasks(config, args);
  const all = Object.values(config.tasks).filter((task) => !task.hidden);
  const wanted = withNeeds(config, named.length === 0 ? all : named);
  const entries = catalogueOf(config, wanted, platform);
  const form = args.flags.graph ?? 'text';
  return form === 'json' ? catalogueAsJson(entries, secrets) : drawings[form](entries);
}

const drawings: Readonly<Record<Exclude<GraphForm, 'json'>, (entries: readonly Entry[]) => string>> = {
  text: asText,
  mermaid: asMermaid,
  dot: asDot,
};

/** In the order of the config. */
function withNeeds(config: Config, tasks: readonly TaskRow[]): readonly TaskRow[] {
  const needsOf = ({ needs }: TaskRow): TaskRow[] => needs.flatMap((need) => findTask(config, need) ?? []);
  const found = new Set(postOrder(tasks, needsOf));
  const inOrder = Object.values(config.tasks).filter((task) => found.delete(task));
  return [...inOrder, ...found];
}

/** So deep is a tree drawn: what is deeper gets one of its own. */
const deepest = 100;

/** A tree below each task that nothing needs. What a task needs is drawn once; elsewhere it ends in `…`. */
function asText(entries: readonly Entry[]): string {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const needed = new Set(entries.flatMap((entry) => entry.needs));
  const drawn = new Set<string>();
  const lines: string[] = [];
  const roots = entries.flatMap(({ name }) => (needed.has(name) ? [] : [name]));
  const draw = (name: string, first: string, indent: string): void => {
    const needs = byName.get(name)?.needs ?? [];
    const isTooDeep = indent.length > 3 * deepest;
    const isRepeated = (drawn.has(name) || isTooDeep) && needs.length > 0;
    if (isTooDeep && isRepeated) roots.push(name);
    lines.push(`${first}${name}${isRepeated ? ' …' : ''}`);
    if (isRepeated) return;
    drawn.add(name);
    for (const [index, need] of needs.entries()) {
      const isLast = index === needs.length - 1;
      draw(need, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`);
    }
  };
  for (const root of roots) if (!drawn.has(root)) draw(root, '', '');
  return lines.map((line) => `${line}\n`).join('');
}

function asMermaid(entries: readonly Entry[]): string {
  const ids = new Map(entries.map(({ name }, index) => [name, `n${index}`]));
  return [
    'flowchart LR',
    ...entries.map(({ name }) => `  ${ids.get(name)}["${name}"]`),
    ...edges(entries).map(([task, need]) => `  ${ids.get(task)} --> ${ids.get(need)}`),
    '',
  ].join('\n');
}

function asDot(entries: readonly Entry[]): string {
  return [
    'digraph tasks {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...entries.map(({ name }) => `  "${name}";`),
    ...edges(entries).map(([task, need]) => `  "${task}" -> "${need}";`),
    '}',
    '',
  ].join('\n');
}

/** Each from a task to one that it needs. */
function edges(entries: readonly Entry[]): readonly (readonly [task: string, need: string])[] {
  return entries.flatMap(({ name, needs }) => needs.map((need) => [name, need] as const));
}
