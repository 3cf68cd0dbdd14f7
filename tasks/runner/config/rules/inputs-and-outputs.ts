import { leavesProject } from '../../text/paths.ts';
import { aboutKeysOf, type Finding, thatHold } from '../finding.ts';
import type { TaskRow } from '../types.ts';

/** Do a task's inputs and outputs make sense together, and do its outputs stay inside of the project? */
export function freshRules(task: TaskRow): readonly Finding[] {
  return [...outputRules(task), ...inputRules(task), ...lonelyKeys(task)];
}

function outputRules(task: TaskRow): readonly Finding[] {
  return task.outputs.flatMap((glob, index): Finding[] => {
    const path = ['tasks', task.name, 'outputs', index];
    const positive = glob.replace(/^!/, '');
    if (leavesProject(positive))
      return [{ path, at: 'value', message: `output \`${glob}\` of task \`${task.name}\` is outside of the project` }];
    const isEverything = /^(\.|\.\/|\*\*|\*\*\/\*)?$/.test(glob);
    if (!isEverything) return [];
    const message = `output \`${glob}\` of task \`${task.name}\` is the whole project`;
    return [{ path, at: 'value', message, hint: 'name the files and folders that the task writes' }];
  });
}

function inputRules(task: TaskRow): readonly Finding[] {
  const globs = (task.inputs ?? []).filter((input) => typeof input === 'string');
  const empty = globs.indexOf('');
  if (empty !== -1) {
    const path = ['tasks', task.name, 'inputs', (task.inputs ?? []).indexOf('')];
    return [{ path, at: 'value', message: `an input of task \`${task.name}\` is empty`, hint: 'name files or globs' }];
  }
  const onlyExcludes = globs.length > 0 && globs.every((glob) => /^!(?!\()/.test(glob));
  // What the needed tasks write are inputs too, of which something can be left out.
  if (!onlyExcludes || task.needs.length > 0) return [];
  const message = `the \`inputs\` of task \`${task.name}\` only exclude files`;
  return [
    {
      path: ['tasks', task.name, 'inputs'],
      at: 'key',
      message,
      hint: 'list the files to read before those to exclude',
    },
  ];
}

const toBeGiven = "add `inputs`, or leave it out: the command gets the caller's variables in any case";

/** Keys that say nothing without others. */
function lonelyKeys(task: TaskRow): readonly Finding[] {
  const at = aboutKeysOf(task.name);
  const hasInputs = task.inputs !== undefined;
  return thatHold([
    task.envInputs.length > 0 &&
      !hasInputs &&
      at(
        'envInputs',
        'has `envInputs` but no `inputs`, so it always runs',
        task.container === undefined ? toBeGiven : 'add `inputs`',
      ),
    task.incremental &&
      !hasInputs &&
      at('incremental', 'is `incremental` but has no `inputs`, so it always runs', 'add `inputs`'),
    task.cache === true &&
      !(hasInputs && task.outputs.length > 0) &&
      at('cache', 'has `cache` but nothing to keep', 'add both `inputs` and `outputs`'),
    task.cache === true &&
      task.incremental &&
      at('cache', 'is `incremental`, so what it writes depends on what was there before', 'keep one of them'),
  ]);
}
