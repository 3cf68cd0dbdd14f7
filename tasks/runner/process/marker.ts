import { constants, openSync, readFileSync } from 'node:fs';

/** Shown of our file, and not of the one that a child gets. */
const closeOnExec = 0o2000000;

/** The null device, opened in a way that nobody else does: a process that has it as its stdin, or as file 3, was started by us. */
export type Marker = { readonly fd: number; readonly flags: string };

/**
 * Opens it, where the system shows how a process has opened its files. An empty file would do as well, but there are
 * programs that read their stdin when it is a file.
 */
export function openMarker(): Marker | undefined {
  try {
    const fd = openSync('/dev/null', constants.O_RDONLY | constants.O_APPEND | constants.O_SYNC);
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags === undefined ? undefined : { fd, flags: (Number.parseInt(flags, 8) & ~closeOnExec).toString(8) };
  } catch {
    return undefined;
  }
}
