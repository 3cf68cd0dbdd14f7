import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { attempt } from '../attempt.ts';
import { isErrno } from '../host.ts';

/** A process as the system lists it. */
export type ProcessRow = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Undefined where the system does not tell, as on macOS. */
  readonly session: number | undefined;
  /** A number that tells a process from a later one with the same pid, and older ones from younger; empty where nobody knows. */
  readonly started: string;
  /** Ended, and only waiting for its parent to ask how. */
  readonly isZombie: boolean;
  /** It hears no signal before it is told to go on. */
  readonly isStopped: boolean;
};

/** All processes of the machine; none where nobody tells. */
export function listProcesses(): readonly ProcessRow[] {
  if (!hasProc()) return listWithPs(['-A']) ?? [];
  const names = attempt(() => readdirSync('/proc'), []);
  return names.flatMap((name) => (/^\d+$/.test(name) ? rowOf(Number(name)) : []));
}

/** Those of some processes that exist. */
export function findProcesses(pids: readonly number[]): readonly ProcessRow[] {
  if (hasProc()) return pids.flatMap(rowOf);
  if (pids.length === 0) return [];
  return listWithPs(['-p', pids.join(',')]) ?? pids.filter(exists).map(unknownProcess);
}

/** One process, if it exists. */
export function findProcess(pid: number): ProcessRow | undefined {
  return findProcesses([pid])[0];
}

/** What some processes were started with, as one line each, where there is no /proc. */
export function commandsOf(pids: readonly number[]): ReadonlyMap<number, string> {
  const { stdout } = spawnSync('ps', ['-ww', '-p', pids.join(','), '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: mostBytes,
  });
  const rows = (stdout ?? '').split('\n').map((line) => /^ *(\d+) (.*)$/.exec(line));
  return new Map(rows.flatMap((row) => (row === null ? [] : [[Number(row[1]), row[2] ?? '']])));
}

/** A process of which only its pid is known. */
export function unknownProcess(pid: number): ProcessRow {
  return { pid, parent: 0, group: 0, session: undefined, started: '', isZombie: false, isStopped: false };
}

/**
 * Whether a process has a handler for the signal of that number. Without /proc nobody says: who outlives a SIGTERM has one, or
 * will not hear the next one either; a SIGINT may also be ignored, as by what a shell has started in the background.
 */
export function handles(pid: number, signal: number): boolean {
  return hasProc() ? isIn(statusOf(pid), 'SigCgt', signal) : signal !== constants.signals.SIGINT;
}

/**
 * Whether one of some signals was sent to a process that has not dealt with it: who dies of one never does. False where the
 * process is gone or blocks it, and without /proc.
 */
export function hasPending(pid: number, signals: readonly NodeJS.Signals[]): boolean {
  const status = statusOf(pid);
  return signals.some((name) => {
    const signal = constants.signals[name];
    return isIn(status, 'ShdPnd', signal) && !isIn(status, 'SigBlk', signal);
  });
}

function statusOf(pid: number): string {
  return attempt(() => readFileSync(`/proc/${pid}/status`, 'latin1'), '');
}

/** Each set is a number in which the signal has a bit. */
function isIn(status: string, set: 'SigCgt' | 'ShdPnd' | 'SigBlk', signal: number): boolean {
  const bits = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${bits}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Whether the system shows its processes as files. */
export function hasProc(): boolean {
  return existsSync('/proc/self/stat');
}

/**
 * `pid (comm) state ppid pgrp session …`; the command may hold spaces and brackets. None where the process has just ended. What
 * cannot be looked at, for want of file descriptors or since /proc hides what others run, is not gone.
 */
function rowOf(pid: number): readonly ProcessRow[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group, session] = fields;
    const started = fields[19] ?? '';
    const numbers = { pid, parent: Number(parent), group: Number(group), session: Number(session) };
    return [{ ...numbers, started, isZombie: state === 'Z', isStopped: state === 'T' }];
  } catch {
    return exists(pid) ? [unknownProcess(pid)] : [];
  }
}

/**
 * Where there is no /proc, as on macOS. Its times are in the language and the time zone of whoever asks: another run would take
 * one and the same process for two. Undefined where `ps` may not run, as in a sandbox.
 */
function listWithPs(which: readonly string[]): readonly ProcessRow[] | undefined {
  const ps = ['LC_ALL=C', 'TZ=UTC0', 'ps', ...which, '-o', 'pid=,ppid=,pgid=,stat=,lstart='];
  const { stdout, stderr, status } = spawnSync('env', ps, { encoding: 'utf8', maxBuffer: mostBytes });
  const rows = (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...time] = line.trim().split(/\s+/);
    if (state === undefined) return [];
    const numbers = { pid: Number(pid), parent: Number(parent), group: Number(group), session: undefined };
    const startedS = Date.parse(`${time.join(' ')} UTC`) / 1000;
    const [isZombie, isStopped] = [state.startsWith('Z'), state.startsWith('T')];
    return [{ ...numbers, started: String(startedS), isZombie, isStopped }];
  });
  // Without a word: none of those that were asked for exists.
  const hasAnswered = status === 0 || (status === 1 && stderr === '');
  return hasAnswered ? rows : undefined;
}

const mostBytes = 16 << 20;

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}
