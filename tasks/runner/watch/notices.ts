import type { Kind } from './chain.ts';

/* What a watch says beside its runs. */

/** Said at the start. */
export const onlyTheConfig =
  'only the config is watched: no planned task has `inputs` or `watch`, and no task that was named has a command';

const onlyAfterPauses = 'so that starts further runs only after longer and longer pauses';

/** Said of files that tasks write though they start them. */
export const theirOwn: Readonly<Record<Kind, (paths: readonly string[]) => string>> = {
  undeclared: ([first = '']) =>
    `\`${first}\` changes whenever a task without \`inputs\` runs, ${onlyAfterPauses}; list in \`watch\` or \`inputs\` what the task reads`,
  declared: ([first = '']) =>
    `\`${first}\` changes whenever its task runs, ${onlyAfterPauses}; list it in \`outputs\`, or exclude it from \`inputs\``,
  config: ([first = '']) =>
    `\`${first}\` is read with the config and changes whenever a task runs, ${onlyAfterPauses}; let the task write another file`,
};

/** Said where the system gives no more watches. */
export function tooMany(code: string, remedy: string): string {
  return `the system allows no more watches (${code}), so the files are checked every second instead; to change that, ${remedy}`;
}
