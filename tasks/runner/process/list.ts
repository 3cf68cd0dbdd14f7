import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A process as the system lists it. */
export type ProcessRow = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Tells a process from a later one with the same pid. */
  readonly started: string;
  /** Ended, and only waiting for its parent to ask how. */
  readonly isZombie: boolean;
};

/** All processes of the machine. */
export function listProcesses(): readonly ProcessRow[] {
  let names: readonly string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return listWithPs();
  }
  return names.flatMap((name) => (/^\d+$/.test(name) ? rowOf(Number(name)) : []));
}

/** One process, if it exists. */
export function findProcess(pid: number): ProcessRow | undefined {
  if (hasProc()) return rowOf(pid)[0];
  return listWithPs(['-p', String(pid)])[0];
}

/** Whether a process has a handler for the signal of that number. Without /proc nobody says. */
export function handles(pid: number, signal: number): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return ((BigInt(`0x${caught ?? '0'}`) >> BigInt(signal - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
}

function hasProc(): boolean {
  return existsSync('/proc/self/stat');
}

/** `pid (comm) state ppid pgrp session …`; the command may hold spaces and brackets. None where the process has just ended. */
function rowOf(pid: number): readonly ProcessRow[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group, session] = fields;
    const started = fields[19] ?? '';
    return [
      { pid, parent: Number(parent), group: Number(group), session: Number(session), started, isZombie: state === 'Z' },
    ];
  } catch {
    return [];
  }
}

/** Where there is no /proc, as on macOS. */
function listWithPs(which = ['-A']): readonly ProcessRow[] {
  const { stdout } = spawnSync('ps', [...which, '-o', 'pid=,ppid=,pgid=,sess=,stat=,lstart='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, session, state, ...started] = line.trim().split(/\s+/);
    if (state === undefined) return [];
    const numbers = {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: Number.parseInt(session ?? '', 16),
    };
    return [{ ...numbers, started: started.join(' '), isZombie: state.startsWith('Z') }];
  });
}
