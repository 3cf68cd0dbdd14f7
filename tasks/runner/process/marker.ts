import { constants, openSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import { hasProc } from './list.ts';

/**
 * Opens the null device in a way that nobody else does, where the system shows its processes as files: a process that has it as
 * its stdin, or as file 3, was started by us. Whether these say how files were opened, the watcher sees. An empty file would do as
 * well, but there are programs that read their stdin when it is a file.
 */
export function openMarker(): number | undefined {
  if (!hasProc()) return undefined;
  return attempt(() => openSync('/dev/null', constants.O_RDONLY | constants.O_APPEND | constants.O_SYNC), undefined);
}
