import { toolFlagNames } from '../args.ts';
import type { TaskRow } from '../config/types.ts';
import { didYouMean, listed, type Problem } from '../errors.ts';
import { knownElsewhere } from '../other-flags.ts';

/** What to write instead of a flag that neither the task nor the runner has. */
export function unknownFlag(name: string, task: TaskRow | undefined): Problem {
  const params = Object.keys(task?.params ?? {});
  const known = [...params, ...toolFlagNames].map((flag) => `--${flag}`);
  const elsewhere = knownElsewhere(`--${name}`);
  const near = elsewhere.hint === undefined ? didYouMean(`--${name}`, known) : '';
  const suggestion = near === '' ? (elsewhere.suggestion ?? '') : near;
  if (task === undefined)
    return {
      message: `unknown flag \`--${name}\`${suggestion}`,
      hint: elsewhere.hint ?? "a task's own flags follow its name",
    };
  const meant = isOfMatrix(name, task) ? '' : (negated(name, task) ?? suggestion);
  return { message: `task \`${task.name}\` has no flag \`--${name}\`${meant}`, hint: hintOf(name, task) };
}

function isOfMatrix(name: string, { matrix = {} }: TaskRow): boolean {
  return Object.hasOwn(matrix, name);
}

/** `--no-race` is `--race=false`. */
function negated(name: string, { params }: TaskRow): string | undefined {
  const meant = Object.keys(params).find((param) => name === `no-${param}` && params[param]?.type === 'bool');
  return meant === undefined ? undefined : `, did you mean \`--${meant}=false\`?`;
}

function hintOf(name: string, row: TaskRow): string {
  const { name: task, params } = row;
  if (isOfMatrix(name, row))
    return `\`${name}\` is a key of its matrix, which makes a task of each value: \`tasks --help ${task}\` shows them`;
  const names = Object.keys(params).map((param) => `--${param}`);
  return `\`${task}\` ${names.length === 0 ? 'has no flags of its own' : `has ${listed(names)}`}; what follows \`--\` goes to its command`;
}
