import { constants, openSync } from 'node:fs';
import { hasProc } from './list.ts';

/** The null device, opened in a way that nobody else does: a process that has it as its stdin, or as file 3, was started by us. */
export type Marker = { readonly fd: number };

/**
 * Opens it, where the system shows its processes as files; whether these say how files were opened, the watcher sees. An empty
 * file would do as well, but there are programs that read their stdin when it is a file.
 */
export function openMarker(): Marker | undefined {
  try {
    if (!hasProc()) return undefined;
    return { fd: openSync('/dev/null', constants.O_RDONLY | constants.O_APPEND | constants.O_SYNC) };
  } catch {
    return undefined;
  }
}
