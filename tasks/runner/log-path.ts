const oddSigns = /[^a-z0-9_.-]|^\./gu;
const pieces = /.{1,120}/g;

/** Where a task's full output is kept, from the project's folder. */
export function logPathOf(task: string): string {
  return `.tasks/logs/${fileNameOf(task)}.log`;
}

/**
 * A file name for any task name, and never one name for two: also where case does not count, since capitals are spelled as
 * codes. A name that is too long for a file goes on inside of folders, which end in `%`.
 */
export function fileNameOf(task: string): string {
  const name = task.replace(oddSigns, (sign) =>
    Array.from(Buffer.from(sign), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return (name.match(pieces) ?? []).join('%/');
}
