import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TaskRow } from '../config/types.ts';
import { messageOf } from '../errors.ts';
import { makeClaim } from '../locks/holder.ts';
import { makeLockFolder, tryLock, unlock } from '../locks/lock.ts';
import { lockFile, lockFolder } from '../locks/place.ts';
import { asNeeded } from '../plan/bind.ts';
import { fillOf } from '../plan/fill.ts';
import type { Plan } from '../plan.ts';
import type { Session } from '../session.ts';
import { expandPath } from '../text/paths.ts';
import { readFileClock } from './clock.ts';
import { removeEmpty } from './made.ts';
import { lookAtOutputs, matchOutputs, removeFiles, stampAll } from './outputs.ts';
import { isRecord, type Record, readRecord, recordFile, recordFiles } from './record.ts';
import { digestAt, makeFinder } from './snapshot.ts';
import { lookAt, wasWritten } from './stamp.ts';
import { placeOf } from './walk.ts';

type IsMatch = (path: string) => boolean;
type Gone = { readonly file: string; readonly record: Record; readonly name: string };

/**
 * Removes what tasks have written that the planned matrices no longer make, as after a source was renamed: what takes all files of
 * a folder would take theirs too. What has changed since, was an input, or is now another task's output, is somebody else's.
 */
export async function removeGoneCells(session: Session, plan: Plan): Promise<void> {
  const folder = lockFolder(session.root);
  const gone = findGone(session, plan);
  if (gone.length === 0 || !makeLockFolder(folder)) return;
  const isOfAnother = outputsOfOthers(session);
  if (isOfAnother === undefined) return;
  for (const cell of gone) {
    const lock = lockFile(folder, cell.name);
    if (tryLock(lock, makeClaim(session.host.pid, cell.name)).state !== 'taken') continue;
    try {
      await remove(session, cell, isOfAnother);
    } catch (error) {
      const text = `what \`${cell.name}\` wrote, which its matrix no longer makes, cannot be removed: ${messageOf(error)}`;
      session.emit({ type: 'notice-given', text });
    } finally {
      unlock(lock);
    }
  }
}

function findGone({ root, config }: Session, { tasks }: Plan): readonly Gone[] {
  const matrices = new Set(tasks.flatMap(({ name }) => matrixOf(config.tasks[name]) ?? []));
  return [...matrices].flatMap((of) => {
    const known = Object.keys(config.tasks).filter((name) => name.startsWith(`${of}:`));
    const isKnown = new Set(known.map((name) => recordFile(root, name)));
    return recordFiles(root, `${of}:`).flatMap((file): Gone[] => {
      const record = isKnown.has(file) ? undefined : readRecord(file);
      const isOfMatrix = record !== undefined && isRecord(record) && record.cell?.of === of;
      return isOfMatrix ? [{ file, record, name: record.cell.name }] : [];
    });
  });
}

/**
 * What the tasks of the config have written by their records; of one without `inputs`, which has none, what it says it writes.
 * Undefined where a record cannot be read now.
 */
function outputsOfOthers({ root, config }: Session): IsMatch | undefined {
  const tasks = Object.values(config.tasks);
  const records = tasks.map(({ name }) => readRecord(recordFile(root, name)));
  if (records.some(({ state }) => state === 'unread')) return undefined;
  const written = records.filter(isRecord).flatMap(({ outputs, touched }) => [...outputs.paths, ...touched]);
  const named = tasks
    .filter(({ inputs, matrix }) => inputs === undefined && matrix === undefined)
    .map((task) => {
      const fill = fillOf(config, asNeeded(task));
      return matchOutputs(task.outputs.map(fill.plain).filter((glob) => expandPath(glob) !== ''));
    });
  const isWritten = new Set(written);
  return (path) => isWritten.has(path) || named.some((matches) => matches(path));
}

/** In a watch, of a matrix that has lost a task perhaps only its own name is to be run. */
function matrixOf(row: TaskRow | undefined): string | undefined {
  return row?.matrix === undefined ? row?.cell?.of : row.name;
}

async function remove(session: Session, { file, record, name }: Gone, isOfAnother: IsMatch): Promise<void> {
  const { root } = session;
  const inputs = new Set(record.inputs.paths);
  const isOwn = (path: string): boolean => !inputs.has(path) && !isOfAnother(path) && !isBehindLink(root, path);
  const leftovers = (await unchanged(session, record)).filter(isOwn);
  removeFiles(root, leftovers, record.odd);
  removeEmpty(root, record.made);
  rmSync(file, { force: true });
  if (leftovers.length === 0) return;
  const text = `what \`${name}\` wrote is removed, because its matrix no longer makes that task`;
  session.emit({ type: 'notice-given', text });
}

/** Where a folder has become a link since, what lies behind that is somebody else's. */
function isBehindLink(root: string, path: string): boolean {
  const folder = dirname(path);
  if (folder === '.' || folder === path) return false;
  const stat = lookAt(placeOf(root, folder));
  return (typeof stat === 'object' && stat.isSymbolicLink()) || isBehindLink(root, folder);
}

/** The outputs that are as the task has left them: after a success by content, else by what the system says of them. */
async function unchanged({ root, host }: Session, record: Record): Promise<readonly string[]> {
  const { outputs, odd, state } = record;
  const isRead = state === 'done' || state === 'edited';
  const fileClockMs = () => readFileClock(host, root);
  const now = isRead
    ? (await lookAtOutputs(record, { root, fileClockMs })).outputs.snapshot
    : stampAll(root, outputs.paths, odd);
  const rowNow = makeFinder(now);
  return outputs.paths.filter((path, row) => {
    const at = rowNow(row, path);
    if (at === undefined) return false;
    return isRead ? digestAt(outputs, row) === digestAt(now, at) : !wasWritten(outputs.stamps, row, now.stamps, at);
  });
}
