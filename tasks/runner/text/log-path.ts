const oddSigns = /[^a-z0-9_.-]|^\./gu;
const pieces = /.{1,120}/g;

/** Where the full outputs of tasks are kept, from the project's folder. */
export const logFolder = '.tasks/logs';

/** The file of one task there. */
export function logPathOf(task: string): string {
  return `${logFolder}/${fileNameOf(task)}.log`;
}

/** A file name for any task name. One that is too long for a file goes on inside of folders, which end in `%`. */
function fileNameOf(task: string): string {
  return (spellOut(task).match(pieces) ?? []).join('%/');
}

/** The same for any name, however long, and never one for two: also where case does not count, since capitals are codes, too. */
export function spellOut(name: string): string {
  return name.replace(oddSigns, (sign) =>
    Array.from(Buffer.from(sign), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
