/* What a watch says beside its runs. */

/** Said at the start. */
export const onlyTheConfig =
  'only the config is watched: no planned task has `inputs` or `watch`, and no task that was named has a command';

/** Said of files that a task without `inputs` is found to write. */
export function unknownOutput(paths: readonly string[]): string {
  const [first = ''] = paths;
  return `\`${first}\` changes whenever a task without \`inputs\` runs, so it is treated as an output; list in \`watch\` or \`inputs\` what the task reads`;
}

/** Said of files that a task writes, though it declares them as its inputs. */
export function theirOwn(paths: readonly string[]): string {
  const [first = ''] = paths;
  return `\`${first}\` changes whenever its task runs, so that starts no further run; list it in \`outputs\`, or exclude it from \`inputs\``;
}

/** Said where the system gives no more watches. */
export function tooMany(code: string, remedy: string): string {
  return `the system allows no more watches (${code}), so the files are checked every second instead; to change that, ${remedy}`;
}
