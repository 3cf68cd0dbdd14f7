/** A path as one word of a command that somebody copies into a shell. */
export function shellWord(path: string): string {
  return /^[\w./@%+=-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** What stops the stack of another checkout. */
export function stopIn(root: string): string {
  return `cd ${shellWord(root)} && npx tasks down`;
}
