import type { Line } from './lines.ts';
import { noteOf, noteOfBare, noteOfStdin, noteOfUnnamed, notesOfTasks } from './notes.ts';
import { callMakeTogether, keepOrder } from './order.ts';
import { readingOf, type Surroundings, throughMake } from './reading.ts';
import { underConditions } from './under-conditions.ts';

export type ImportedTask = {
  readonly name: string;
  /** Of the target. */
  readonly line: string;
  readonly about: string | undefined;
  readonly needs: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly run: readonly string[];
  readonly lock: string | undefined;
  /** Variables that the caller may set, of which the shell makes words. */
  readonly bare: readonly string[];
  /** It reads its stdin. */
  readonly interactive: boolean;
  /** It makes a folder and nothing else. */
  readonly isFolder: boolean;
  /** How it is otherwise than its target, if it is. */
  readonly note: string | undefined;
  /** Why the task still calls make, if it does. */
  readonly throughMake: string | undefined;
  /** Make ends instead, as this command does. */
  readonly stop?: string | undefined;
};

export type Imported = {
  readonly vars: Readonly<Record<string, string>>;
  readonly tasks: readonly ImportedTask[];
  /** What could not be taken over, or is otherwise than it was; a line each. */
  readonly notes: readonly string[];
};

/** Makes tasks of targets. What is not proved to be understood calls make for its target, so that it still does what it did. */
export function convert(lines: readonly Line[], surroundings: Surroundings): Imported {
  const reading = readingOf(lines, surroundings);
  const { statements, gathered, scene } = reading;
  const { names, variables } = scene;
  const through = callMakeTogether(underConditions(reading, surroundings), (task, why) => {
    const target = gathered.targets.find(({ name }) => names.get(name) === task.name);
    return target === undefined ? task : throughMake(target, why, scene);
  });
  const notes = [
    ...statements.flatMap(noteOf),
    ...gathered.unnamed.map(noteOfUnnamed),
    ...[...names].flatMap(([target, name]) => (name === target ? [] : `target \`${target}\` is the task \`${name}\``)),
    ...notesOfTasks(through, gathered.doubts),
    ...through.flatMap(noteOfStdin),
    ...noteOfBare(through),
  ];
  return {
    vars: variables.varsOf(through.flatMap(({ run, env }) => [...Object.values(env), ...run])),
    tasks: keepOrder(through, gathered.special.has('.NOTPARALLEL'), notes),
    notes,
  };
}
