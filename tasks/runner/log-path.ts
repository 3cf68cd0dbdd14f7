const longestName = 120;

/** Where a task's full output is kept, from the project's folder. */
export function logPathOf(task: string): string {
  return `.tasks/logs/${fileNameOf(task)}.log`;
}

/**
 * A file name for any task name, and never one name for two: also where case does not count, since capitals are spelled as
 * codes. A name that is too long for a file goes on inside of folders, which end in `%`.
 */
export function fileNameOf(task: string): string {
  const name = task.replace(/[^a-z0-9_.-]|^\./gu, (sign) =>
    Array.from(Buffer.from(sign), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  const pieces = name.match(new RegExp(`.{1,${longestName}}`, 'g')) ?? [];
  return pieces.join('%/');
}
