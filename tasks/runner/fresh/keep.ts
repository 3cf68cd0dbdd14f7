import { messageOf } from '../errors.ts';
import { machineProblem } from '../machine-problem.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import type { Assessment } from './assess.ts';
import { isRecord, type Record, readRecord, recordFile, writeRecord } from './record.ts';

/** What each run has told: where nothing may be written, it holds of all tasks. */
const told = new WeakMap<Session, ReadonlySet<string>>();

/** Keeps the records of a task; where that is not allowed, it only runs more often, or is read. What could not be read is told. */
export function makeKeeper(
  session: Session,
  { name }: PlannedTask,
  { isFresh, unread }: Pick<Assessment, 'isFresh' | 'unread'>,
): (record: Record) => void {
  const { root, emit } = session;
  const file = recordFile(root, name);
  const write = unread === undefined ? writeRecord : besideUnread;
  if (unread !== undefined) emit({ type: 'notice-given', text: tellUnread(name, unread) });
  return (record) => {
    try {
      write(file, record);
    } catch (error) {
      const otherwise = isFresh ? 'what is up to date will be compared by content again' : 'tasks will run again';
      const before = told.get(session) ?? new Set();
      if (before.has(otherwise)) return;
      told.set(session, new Set([...before, otherwise]));
      emit({ type: 'notice-given', text: `\`.tasks/state\` cannot be written, so ${otherwise}: ${messageOf(error)}` });
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
