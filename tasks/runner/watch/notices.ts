/* What a watch says beside its runs. */

/** Said at the start. */
export const onlyTheConfig =
  'nothing is watched but the config: no planned task has `inputs` or `watch`, and none that was asked for has a command';

/** Said of files that a task without `inputs` is found to write. */
export function unknownOutput(paths: readonly string[]): string {
  const [first = ''] = paths;
  return `\`${first}\` changes whenever a task runs that has no \`inputs\`, so it is taken for an output; say in \`watch\` or \`inputs\` what the task reads`;
}

/** Said of files that a task writes, though it declares them as its inputs. */
export function theirOwn(paths: readonly string[]): string {
  const [first = ''] = paths;
  return `\`${first}\` changes whenever its task runs, so that starts no further run; list it in \`outputs\`, or leave it out of \`inputs\``;
}

/** Said where the system gives no more watches. */
export function tooMany(code: string, remedy: string): string {
  return `the system watches no more folders (${code}), so they are looked at every second instead; ${remedy} to mend it`;
}
