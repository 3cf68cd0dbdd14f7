import { messageOf } from '../errors.ts';
import { machineProblem } from '../machine-problem.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import type { Assessment } from './assess.ts';
import { isRecord, type Record, readRecord, recordFile, writeRecord } from './record.ts';

/** Keeps the records of a task; where that is not allowed, it only runs more often, or is read. What could not be read is told. */
export function makeKeeper(
  { root, emit }: Session,
  { name }: PlannedTask,
  { isFresh, unread }: Pick<Assessment, 'isFresh' | 'unread'>,
): (record: Record) => void {
  const file = recordFile(root, name);
  const write = unread === undefined ? writeRecord : besideUnread;
  if (unread !== undefined) emit({ type: 'notice-given', text: tellUnread(name, unread) });
  let hasFailed = false;
  return (record) => {
    try {
      write(file, record);
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      const otherwise = isFresh ? 'will be compared by content again' : 'will run again';
      emit({ type: 'notice-given', text: `task \`${name}\` ${otherwise}: ${messageOf(error)}` });
    }
  };
}

/** What could not be read stays for the next run, which compares all with it. Only a failure must not look like the success before. */
function besideUnread(file: string, record: Record): void {
  if (record.state !== 'failed') return;
  const last = readRecord(file);
  writeRecord(file, isRecord(last) ? { ...last, state: 'failed' } : record);
}

function tellUnread(name: string, problem: unknown): string {
  const hint = machineProblem(problem)?.hint;
  const how = hint === undefined ? '' : `; ${hint}`;
  return `task \`${name}\` counts as not run yet, since the record of its last run cannot be read, which is kept: ${messageOf(problem)}${how}`;
}
