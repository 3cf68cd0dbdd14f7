import type { ImportedTask } from './convert.ts';

const orderLock = 'makefile';

/**
 * What make runs one after another would run at the same time. Two runs of make beside each other could make one file twice:
 * what needs several tasks, and make for one of them, calls make too. For the rest a lock keeps the order. Of a circle make
 * leaves out one need, and which one depends on what it was asked for.
 */
export function callMakeTogether(
  tasks: readonly ImportedTask[],
  call: (task: ImportedTask, why: string) => ImportedTask,
) {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const circle = tasks.filter((task) => closureOf(task, byName).has(task.name));
  for (const task of circle) byName.set(task.name, call(task, 'a circle: it needs itself'));
  const settle = (name: string): void => {
    const task = byName.get(name);
    if (task === undefined || task.throughMake !== undefined) return;
    for (const need of task.needs) settle(need);
    const through = [...closureOf(task, byName)].find((other) => byName.get(other)?.throughMake !== undefined);
    const isInput = task.needs.some((need) => byName.get(need)?.throughMake !== undefined) && task.inputs.length > 0;
    if (through !== undefined && (task.needs.length > 1 || isInput))
      byName.set(name, call(task, `\`${through}\`, which still calls make`));
  };
  for (const { name } of tasks) settle(name);
  return tasks.map(({ name }) => byName.get(name) ?? raise(name));
}

/** The same tasks, where needed one at a time in the order in which they are needed. */
export function keepOrder(tasks: readonly ImportedTask[], isSerial: boolean, notes: string[]): readonly ImportedTask[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const several = tasks.filter((task) => task.needs.length > 1);
  const locked = new Set<string>();
  const parallel: string[] = [];
  const serial: string[] = [];
  for (const task of several) {
    const closure = closureOf(task, byName);
    const isOfFiles = [...closure].every((name) => isOfFile(byName.get(name)));
    if (isOfFiles && !isSerial) parallel.push(task.name);
    else {
      serial.push(task.name);
      for (const name of closure) locked.add(name);
    }
  }
  if (parallel[0] !== undefined)
    notes.push(
      `what a task needs runs at the same time where it can: if the needs of \`${parallel[0]}\` must run in order, let one need the other`,
    );
  if (serial[0] !== undefined)
    notes.push(
      `\`lock: ${orderLock}\` keeps the order in which make does what \`${serial[0]}\` needs: take it away where the order does not matter`,
    );
  return tasks.map((task) => (locked.has(task.name) && task.run.length > 0 ? { ...task, lock: orderLock } : task));
}

/** Files say themselves what they are made of; commands that always run do not. */
function isOfFile(task: ImportedTask | undefined): boolean {
  return task === undefined || task.run.length === 0 || task.outputs.length > 0 || task.isFolder;
}

function closureOf(task: ImportedTask, byName: ReadonlyMap<string, ImportedTask>): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const need of byName.get(name)?.needs ?? []) add(need);
  };
  for (const need of task.needs) add(need);
  return found;
}

function raise(name: string): never {
  throw new Error(`no task ${name}`);
}
