import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { attempt } from '../attempt.ts';
import { listProcesses } from './list.ts';

/** A process that takes connections, by the name of its program: its arguments may hold what is nobody's business. */
export type Listener = { readonly pid: number; readonly name: string };

/** Who listens on a port of this machine; undefined where there is no /proc, and for what belongs to another user. */
export function listenerOn(port: number): Listener | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listeningSockets(table, port)));
  if (sockets.size === 0) return undefined;
  const found = listProcesses().find(({ pid }) => openFiles(pid).some((file) => sockets.has(file)));
  return found === undefined ? undefined : { pid: found.pid, name: nameOf(found.pid) };
}

/** A row is `number: address:port remote:port state …`, the tenth field the inode; state 0A is that of a listener. */
function listeningSockets(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return linesOf(`/proc/net/${table}`).flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && local.endsWith(suffix) ? [`socket:[${inode}]`] : [];
  });
}

function openFiles(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).flatMap((fd) => attempt(() => [readlinkSync(`${folder}/${fd}`)], []));
}

function nameOf(pid: number): string {
  const [program = ''] = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').split('\0');
  return basename(program);
}

function linesOf(path: string): readonly string[] {
  return attempt(() => readFileSync(path, 'latin1'), '').split('\n');
}
