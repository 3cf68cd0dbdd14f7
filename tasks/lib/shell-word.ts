/** What a message has somebody copy into a shell. */
import type { Engine } from 'zx-tasks';

/** A path, or anything else, as one word. */
export function shellWord(word: string): string {
  return /^[\w./@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What stops the stack of another checkout. */
export function stopIn(root: string): string {
  return `cd ${shellWord(root)} && npx tasks down`;
}

/** A command of the engine with the rights and settings of our own: an ordinary user's Podman has other containers than root's. */
export function engineCommand({ command }: Pick<Engine, 'command'>, ...words: readonly string[]): string {
  return [...command, ...words].map(shellWord).join(' ');
}
