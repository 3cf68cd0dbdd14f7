import type { Path } from '../finding.ts';
import type { TaskRow } from '../types.ts';

/** A text of a task in which `${name}` may stand. */
export type Text = {
  readonly text: string;
  readonly path: Path;
  /** A shell reads a command; a value is taken as it is; what is meant for another program may hold any sign. */
  readonly kind: 'command' | 'value' | 'other';
  /** Whether the words after the task may stand there. */
  readonly takesArgs?: boolean;
};

/** All of them; of a task with a matrix none, since its cells have them. */
export function textsOf(task: TaskRow): readonly Text[] {
  if (task.matrix !== undefined) return [];
  const {
    run,
    finally: last,
    env,
    inputs = [],
    outputs,
    watch = [],
    locks = [],
    service,
    container,
    cwd,
    confirm,
  } = task;
  const text = (kind: Text['kind'], value: string, ...path: Path): Text => ({
    text: value,
    path: ['tasks', task.name, ...path],
    kind,
  });
  const step = (value: string, ...path: Path): Text => ({ ...text('command', value, ...path), takesArgs: true });
  const maybe = (kind: Text['kind'], value: string | undefined, key: string): readonly Text[] =>
    value === undefined ? [] : [text(kind, value, key)];
  return [
    ...run.map((value, index) => step(value, 'run', index)),
    ...last.map((value, index) => step(value, 'finally', index)),
    ...Object.entries(env).map(([name, value]) => text('value', value, 'env', name)),
    ...inputs.map((input, index) =>
      typeof input === 'string'
        ? text('value', input, 'inputs', index)
        : text('command', input.command, 'inputs', index, 'command'),
    ),
    ...outputs.map((glob, index) => text('value', glob, 'outputs', index)),
    ...watch.map((glob, index) => text('value', glob, 'watch', index)),
    ...locks.map((lock, index) => text('other', lock, 'lock', index)),
    ...(service === undefined ? [] : [step(service.run, 'service', 'run')]),
    ...(service?.ready?.signs ?? []).map(({ kind, value }) =>
      text(kind === 'command' ? 'command' : 'other', value, 'service', 'ready', kind),
    ),
    ...maybe('value', container, 'container'),
    ...maybe('value', cwd, 'cwd'),
    ...maybe('value', confirm, 'confirm'),
  ];
}
