import { messageOf } from '../errors.ts';
import { machineProblem } from '../machine-problem.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import type { Assessment } from './assess.ts';
import { isRecord, type Record, readRecord, recordFile, writeRecord } from './record.ts';

/** What each run has told. */
const told = new WeakMap<Session, Set<string>>();

/** Tells something once in a run, in which a task may be looked at twice: before its services start, and after. */
export function tellOnce(session: Session, text: string, what = text): void {
  const before = told.get(session) ?? new Set();
  told.set(session, before);
  if (before.has(what)) return;
  before.add(what);
  session.emit({ type: 'notice-given', text });
}

/** Keeps the records of a task; where that is not allowed, it only runs more often, or is read. What could not be read is told. */
export function makeKeeper(
  session: Session,
  { name }: PlannedTask,
  { isFresh, unread }: Pick<Assessment, 'isFresh' | 'unread'>,
): (record: Record) => void {
  const file = recordFile(session.root, name);
  const write = unread === undefined ? writeRecord : besideUnread;
  if (unread !== undefined) tellOnce(session, tellUnread(name, unread));
  return (record) => {
    try {
      write(file, record);
    } catch (error) {
      const otherwise = isFresh ? 'what is up to date will be compared by content again' : 'tasks will run again';
      // It holds of all tasks.
      tellOnce(session, `\`.tasks/state\` cannot be written, so ${otherwise}: ${messageOf(error)}`, otherwise);
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
