import { allTasks, builtInTasks } from '../config/built-in.ts';
import { findTyped, spellings } from '../config/names.ts';
import type { Config, ParamRow, TaskRow } from '../config/types.ts';
import { flagRows } from '../usage.ts';

export type Candidate = { readonly text: string; readonly about?: string };

/** What may stand where the last of these words stands; the last one is what was typed of it, perhaps nothing. */
export function candidatesFor(config: Config, words: readonly string[]): readonly Candidate[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const isForTheCommand = before.includes('--');
  if (isForTheCommand) return [];
  const { task, openFlag } = readBefore(config, before);
  return possible(config, { task, openFlag, typed }).filter(({ text }) => text.startsWith(typed));
}

type Situation = {
  /** The task that words and flags belong to, if one was named. */
  readonly task: TaskRow | undefined;
  /** The flag that takes the next word. */
  readonly openFlag: string | undefined;
  readonly typed: string;
};

function possible(config: Config, { task, openFlag, typed }: Situation): readonly Candidate[] {
  if (openFlag !== undefined) return valuesOf(openFlag, task).map((text) => ({ text }));
  const [, flag] = /^--([^=]+)=/.exec(typed) ?? [];
  if (flag !== undefined) return valuesOf(flag, task).map((value) => ({ text: `--${flag}=${value}` }));
  if (typed.startsWith('-')) return [...ownFlags(task), ...toolFlags()];
  return task?.args === undefined ? taskNames(config, typed) : wordsOf(config, task);
}

function readBefore(config: Config, before: readonly string[]): Omit<Situation, 'typed'> {
  let task: TaskRow | undefined;
  let openFlag: string | undefined;
  for (const word of before) {
    const [, flag] = /^--([^=]+)$/.exec(word) ?? [];
    const isValue = openFlag !== undefined && flag === undefined;
    openFlag = flag !== undefined && takesNext(flag, task) ? flag : undefined;
    const isTask = !isValue && !word.startsWith('-') && task?.args === undefined;
    if (isTask) task = findTyped(config, word)[0] ?? builtInTasks[word] ?? task;
  }
  return { task, openFlag };
}

function takesNext(flag: string, task: TaskRow | undefined): boolean {
  const param = task?.params[flag];
  if (param !== undefined) return param.type !== 'bool';
  return flagRows.some(({ shown }) => shown.startsWith(`--${flag}=`));
}

function valuesOf(flag: string, task: TaskRow | undefined): readonly string[] {
  const param = task?.params[flag];
  if (param?.type === 'bool') return ['true', 'false'];
  return param?.values ?? flagRows.find((row) => nameOf(row.shown) === flag)?.values ?? [];
}

function ownFlags(task: TaskRow | undefined): readonly Candidate[] {
  const shown = (name: string, { type }: ParamRow): string => (type === 'bool' ? `--${name}` : `--${name}=`);
  return Object.entries(task?.params ?? {}).map(([name, param]) => candidate(shown(name, param), param.about));
}

function toolFlags(): readonly Candidate[] {
  return flagRows.map(({ shown, about }) => candidate(/^--[^=[ ]+=?/.exec(shown)?.[0] ?? shown, about));
}

/** Those of a matrix only once its name is typed: there may be hundreds. */
function taskNames(config: Config, typed: string): readonly Candidate[] {
  const isTyped = (matrix: string): boolean => spellings(config, matrix).some((name) => typed.startsWith(`${name}:`));
  const tasks = allTasks(config).filter(({ hidden, cell }) => !hidden || (cell !== undefined && isTyped(cell.of)));
  return tasks.flatMap(({ name, aliases, about }) =>
    [name, ...aliases].flatMap((word) => spellings(config, word).map((text) => candidate(text, about))),
  );
}

function wordsOf(config: Config, { name, args }: TaskRow): readonly Candidate[] {
  const isAboutChecks = Object.hasOwn(builtInTasks, name);
  if (isAboutChecks) return Object.values(config.checks).map((check) => candidate(check.name, check.id));
  return (args?.values ?? []).map((text) => ({ text }));
}

function candidate(text: string, about: string | undefined): Candidate {
  return about === undefined ? { text } : { text, about };
}

function nameOf(shown: string): string {
  return /^--([^=[ ]+)/.exec(shown)?.[1] ?? '';
}
