import { readlinkSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import type { Env } from '../host.ts';
import { aroundVariable, toldOf } from './inner.ts';
import type { ProcessRow } from './list.ts';
import { orphansOnTerminal } from './tree.ts';

/** By what is known who has started a process, though its parent has gone. */
export type Traces = {
  /** What it was told of the runs around it, and of the task; undefined for what is no task's. */
  readonly told: string | undefined;
  /** What it writes to, as the system names it, where that is a pipe or socket that is not ours too. */
  readonly output: string | undefined;
  /** It had ended before that could be read. */
  readonly isUnread: boolean;
};

export const noTraces: Traces = { told: undefined, output: undefined, isUnread: false };

const isStream = (link: string | undefined): link is string => link !== undefined && /^(pipe|socket):/.test(link);
const isOurs = (link: string): boolean => link === linkOf('self', 1) || link === linkOf('self', 2);

/** Those of a process that we have just started. */
export function tracesOf(pid: number, own: number, env: Env | undefined): Traces {
  const told = env?.[aroundVariable];
  const output = linkOf(pid, 1);
  return {
    told: told?.split(' ').at(-1)?.startsWith(`${own}=`) === true ? told : undefined,
    output: isStream(output) && !isOurs(output) ? output : undefined,
    isUnread: output === undefined,
  };
}

/** The pipe or socket that a process writes to. */
export function outputOf(pid: number): string | undefined {
  const link = linkOf(pid, 1);
  return isStream(link) ? link : undefined;
}

/**
 * The processes that hold its output. Where nobody knows which that is, those that its task has left behind with any: what was
 * left on purpose holds none.
 */
export function holdersOf(
  own: number,
  { told, output, isUnread }: Traces,
  listed: readonly ProcessRow[],
): readonly ProcessRow[] {
  if (output !== undefined) return listed.filter(({ pid }) => linkOf(pid, 1) === output);
  if (!isUnread || told === undefined) return [];
  const isLeft = ({ parent }: ProcessRow): boolean => parent !== own && toldOf(parent) !== told;
  return listed.filter((row) => toldOf(row.pid) === told && isLeft(row) && writesToOthers(row.pid));
}

function writesToOthers(pid: number): boolean {
  const link = linkOf(pid, 1);
  return isStream(link) && !isOurs(link);
}

/** What a process may have left behind on the terminal that has gone: where nobody says whose something is, that too. */
export function leftOnTerminal(own: number, traces: Traces, listed: readonly ProcessRow[]): readonly ProcessRow[] {
  const orphans = orphansOnTerminal(own, listed).filter(({ pid }) => {
    const itsOwn = toldOf(pid);
    return itsOwn === '' || itsOwn === traces.told || itsOwn.startsWith(`${traces.told} `);
  });
  return [...orphans, ...holdersOf(own, traces, listed)];
}

/** None where the process has ended, is another user's, or where there is no /proc. */
function linkOf(pid: number | 'self', fd: number): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), undefined);
}
