import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno } from '../host.ts';
import { readPlainFile } from '../plain-file.ts';
import { makeFolders, putInPlace } from '../put-in-place.ts';
import { checksumBytes, checksumOf } from '../text/checksum.ts';
import { digestOfText } from '../text/digest.ts';
import type { Bare } from './bare.ts';
import { digestBytes } from './digest.ts';
import type { OddNames } from './odd-names.ts';
import type { Part } from './parts.ts';
import { noFiles, type Snapshot } from './snapshot.ts';
import { stampLength } from './stamp.ts';

/** What is known of the last run of a task. */
export type Record = {
  /** `begun` stands until the end: a run that was killed leaves it. */
  readonly state: 'begun' | 'done' | 'failed' | 'edited';
  readonly parts: readonly Part[];
  /** For `edited`: the inputs that changed while the task ran. */
  readonly edited: readonly string[];
  /** The inputs that seemed to be moved away and back while the last run went on. */
  readonly moved: readonly string[];
  readonly inputs: Snapshot;
  /** Where the inputs were looked for, so that a folder that has not changed need not be listed again. */
  readonly folders: Snapshot;
  /** The digest of the globs for which these were looked into. */
  readonly globs: string;
  /** The files that the task has written. */
  readonly outputs: Snapshot;
  /** Files that lie where outputs belong, but that the task has not written. */
  readonly foreign: Snapshot;
  /** Of these the ones that were written while the last run went on. */
  readonly touched: readonly string[];
  /** What the task wrote when its outputs were to lie elsewhere, as with another param. */
  readonly elsewhere: readonly string[];
  readonly odd: OddNames;
  /** The folders that the task has made for its outputs. */
  readonly made: readonly string[];
  /** While it runs, the folders that were there before. */
  readonly stood: readonly string[];
  /** The run that wrote it. */
  readonly run: string;
  /** Of a task that a matrix has made: its name, and that of the matrix. */
  readonly cell?: { readonly name: string; readonly of: string } | undefined;
} & Bare;

/** What must be known of the last run to tell who wrote what. */
export type Known = Omit<Record, 'parts' | 'edited' | 'folders' | 'globs' | 'odd' | 'run' | 'cell'>;

/**
 * When the run was killed that wrote a record, in ms since 1970: what is newer is somebody else's. Infinity for a run that was not
 * killed, -Infinity where nobody saw its end.
 */
export type KilledMs = number;

/** What is known of a task that has never run. */
export const noRecord: Known = {
  state: 'done',
  moved: [],
  inputs: noFiles,
  outputs: noFiles,
  foreign: noFiles,
  touched: [],
  elsewhere: [],
  made: [],
  stood: [],
  bare: [],
  stoodMs: {},
};

const magic = 'tasks-record-9\n';
const snapshotNames = ['inputs', 'folders', 'outputs', 'foreign'] as const;

type Head = Omit<Record, (typeof snapshotNames)[number]> & {
  readonly snapshots: readonly { readonly count: number; readonly pathBytes: number; readonly takenMs: number }[];
};

/**
 * The file of a task. Names that differ only in signs or in case must not share one, so a part of the name's digest is in it.
 */
export function recordFile(root: string, task: string): string {
  return join(stateFolder(root), `${readable(task)}-${digestOfText(task).slice(0, 12)}`);
}

/** The files of all tasks that ever ran here, and whose names begin so or alike. */
export function recordFiles(root: string, beginning: string): readonly string[] {
  const folder = stateFolder(root);
  try {
    const names = readdirSync(folder).filter((name) => name.startsWith(readable(beginning)) && !name.endsWith('.tmp'));
    return names.map((name) => join(folder, name));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}

function stateFolder(root: string): string {
  return join(root, '.tasks', 'state');
}

function readable(task: string): string {
  return task.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 60);
}

/** Why there is no record: of one that is `unread` the system does not tell now what it says, for want of file descriptors or rights. */
export type NoRecord = { readonly state: 'none' | 'damaged' } | { readonly state: 'unread'; readonly problem: unknown };

/** Reads a record; one that is damaged, half written or of another version is none. */
export function readRecord(file: string): Record | NoRecord {
  let bytes: Buffer;
  try {
    bytes = readPlainFile(file);
  } catch (problem) {
    return isErrno(problem, 'ENOENT', 'ENOTDIR', 'EFTYPE') ? { state: 'none' } : { state: 'unread', problem };
  }
  try {
    return decode(bytes) ?? { state: 'damaged' };
  } catch {
    return { state: 'damaged' };
  }
}

/** Whether there is one. */
export function isRecord(read: Record | NoRecord): read is Record {
  return 'parts' in read;
}

/** Writes a record by renaming a complete file. It is for its owner only: short values could be guessed from their digests. */
export function writeRecord(file: string, record: Record): void {
  const temporary = `${file}.tmp`;
  makeFolders(dirname(file));
  putInPlace(temporary, file, () => writeFileSync(temporary, encode(record), { mode: 0o600 }));
}

function encode(record: Record): Buffer {
  const snapshots = snapshotNames.map((name) => encodeSnapshot(record[name]));
  const { inputs, folders, outputs, foreign, ...rest } = record;
  const head: Head = { ...rest, snapshots: snapshots.map(({ head: row }) => row) };
  const headBytes = Buffer.from(`${JSON.stringify(head)}\n`);
  const body = Buffer.concat([headBytes, ...snapshots.flatMap(({ sections }) => sections)]);
  return Buffer.concat([Buffer.from(magic), checksumOf(body), body]);
}

function encodeSnapshot({ paths, stamps, digests, takenMs }: Snapshot) {
  const pathBytes = Buffer.from(paths.join('\0'));
  return {
    head: { count: paths.length, pathBytes: pathBytes.length, takenMs },
    sections: [pathBytes, Buffer.from(stamps.buffer, stamps.byteOffset, stamps.byteLength), digests],
  };
}

function decode(bytes: Buffer): Record | undefined {
  const bodyAt = magic.length + checksumBytes;
  if (bytes.toString('latin1', 0, magic.length) !== magic || bytes.length < bodyAt) return undefined;
  const body = bytes.subarray(bodyAt);
  if (!bytes.subarray(magic.length, bodyAt).equals(checksumOf(body))) return undefined;
  const headEnd = body.indexOf('\n');
  const { snapshots, ...rest } = JSON.parse(body.toString('utf8', 0, headEnd)) as Head;
  let at = headEnd + 1;
  const take = (length: number): Buffer => {
    at += length;
    return body.subarray(at - length, at);
  };
  const [inputs, folders, outputs, foreign] = snapshots.map(({ count, pathBytes, takenMs }): Snapshot => {
    const text = take(pathBytes).toString('utf8');
    const stampBytes = take(count * stampLength * 8);
    const stamps = new Float64Array(count * stampLength);
    stampBytes.copy(Buffer.from(stamps.buffer));
    const digests = take(count * digestBytes);
    return { paths: count === 0 ? [] : text.split('\0'), stamps, digests, takenMs };
  });
  if (inputs === undefined || folders === undefined || outputs === undefined || foreign === undefined) return undefined;
  return { ...rest, inputs, folders, outputs, foreign };
}
