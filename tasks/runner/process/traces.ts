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
};

export const noTraces: Traces = { told: undefined, output: undefined };

/** Those of a process that we have just started. */
export function tracesOf(pid: number, own: number, env: Env | undefined): Traces {
  const told = env?.[aroundVariable];
  const output = linkOf(pid, 1);
  const isOurs = output === linkOf('self', 1) || output === linkOf('self', 2);
  return {
    told: told?.split(' ').at(-1)?.startsWith(`${own}=`) === true ? told : undefined,
    output: isOurs || output === undefined || !/^(pipe|socket):/.test(output) ? undefined : output,
  };
}

/** The processes whose output is that one. */
export function holdersOf(output: string | undefined, listed: readonly ProcessRow[]): readonly ProcessRow[] {
  return output === undefined ? [] : listed.filter(({ pid }) => linkOf(pid, 1) === output);
}

/** What a process may have left behind on the terminal that has gone: where nobody says whose something is, that too. */
export function leftOnTerminal(
  own: number,
  { told, output }: Traces,
  listed: readonly ProcessRow[],
): readonly ProcessRow[] {
  const orphans = orphansOnTerminal(own, listed).filter(({ pid }) => {
    const itsOwn = toldOf(pid);
    return itsOwn === '' || itsOwn === told || itsOwn.startsWith(`${told} `);
  });
  return [...orphans, ...holdersOf(output, listed)];
}

/** None where the process has ended, is another user's, or where there is no /proc. */
function linkOf(pid: number | 'self', fd: number): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), undefined);
}
