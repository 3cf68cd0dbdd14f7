/** The probe's maps, as user space writes them. */

import { type BpfMap, listKeys, lookUp, openMap, remove, sumPerCpu, update } from './bpf-maps.ts';
import type { KnownBodies } from './connection/known.ts';
import * as layout from './layout.ts';
import { type BpfObject, missedRuns } from './libbpf.ts';
import type { Probe } from './probe.ts';
import type { GroupId } from './records.ts';
import { TCP_CLOSE } from './tcp-states.ts';
import { countUnseen } from './tier.ts';

/** What has been decided about cgroups; `ignored` has those that are not traced a second time, each at its place. */
export function createGroups(decided: BpfMap, ignored: BpfMap): Pick<Probe, 'decide' | 'forgetGroup'> {
  const value = Buffer.alloc(4);
  const occupant = Buffer.alloc(layout.group.size);
  const keyOf = (group: GroupId): Buffer => {
    const key = Buffer.alloc(layout.group.size);
    key.writeBigUInt64LE(group.unified, layout.group.unified);
    key.writeBigUInt64LE(group.legacy, layout.group.legacy);
    return key;
  };
  const placeOf = ({ unified, legacy }: GroupId): Buffer => {
    const place = Number((unified + legacy) % BigInt(ignored.maxEntries));
    return Buffer.from(Uint32Array.of(place).buffer);
  };
  const isUndecided = (key: Buffer): boolean =>
    !lookUp(decided, key, value) || value.readUInt32LE() === layout.decision.undecided;
  const vacate = (group: GroupId): void => {
    const place = placeOf(group);
    if (lookUp(ignored, place, occupant) && occupant.equals(keyOf(group)))
      update(ignored, place, Buffer.alloc(layout.group.size));
  };
  return {
    decide: (group, decision) => {
      const key = keyOf(group);
      // The connections of one that was traced are told to their end.
      if (decision !== 'ignore') vacate(group);
      else if (isUndecided(key)) update(ignored, placeOf(group), key);
      value.writeUInt32LE(layout.decision[decision]);
      update(decided, key, value);
    },
    forgetGroup: (group) => {
      vacate(group);
      remove(decided, keyOf(group));
    },
  };
}

/** The connections that the kernel follows, and what it is told of them. */
export function createConns(
  map: BpfMap,
  words: BpfMap,
): Pick<Probe, 'ignore' | 'forget' | 'passOver' | 'forgetAll' | 'isOpen'> {
  const value = Buffer.alloc(layout.conn.size);
  const keyOf = (number: bigint): Buffer => {
    const key = Buffer.alloc(8);
    key.writeBigUInt64LE(number);
    return key;
  };
  const isKnown = (sock: bigint, conn: number): boolean =>
    lookUp(map, keyOf(sock), value) && Number(value.readBigUInt64LE(layout.conn.conn)) === conn;
  // Only a client's that was closed before it was read to its end is still there then, and perhaps it never is.
  const isClosed = (): boolean => value.readUInt32LE(layout.conn.state) === TCP_CLOSE;
  return {
    isOpen: (sock, conn) => isKnown(sock, conn) && !isClosed(),
    ignore: (sock, conn, timeNs) => {
      if (isKnown(sock, conn)) update(words, keyOf(BigInt(conn)), wordToIgnore(timeNs));
    },
    forget: (sock, conn) => {
      // What it was told and has not taken note of is not for what comes next.
      remove(words, keyOf(BigInt(conn)));
      if (isKnown(sock, conn)) remove(map, keyOf(sock));
    },
    passOver: (conn, requestDirection, known, timeNs) => {
      update(words, keyOf(BigInt(conn)), wordOfBodies(requestDirection, known, timeNs));
    },
    forgetAll: () => {
      // What is said of one is not for its streams when it is followed anew.
      for (const each of [words, map]) for (const key of listKeys(each, 8)) remove(each, key);
    },
  };
}

function newWord(timeNs: number): Buffer {
  const word = Buffer.alloc(layout.word.size);
  word.writeBigUInt64LE(BigInt(timeNs), layout.word.timeNs);
  return word;
}

function wordToIgnore(timeNs: number): Buffer {
  const word = newWord(timeNs);
  word.writeUInt32LE(1, layout.word.ignored);
  return word;
}

function wordOfBodies(requestDirection: number, known: KnownBodies, timeNs: number): Buffer {
  const word = newWord(timeNs);
  const note = (direction: number, until: number | undefined): void => {
    if (until === undefined) return;
    word.writeUInt32LE(until, layout.word.bodyUntil.at + 4 * direction);
    word.writeUInt32LE(1, layout.word.isKnown.at + 4 * direction);
  };
  note(requestDirection, known.requestsUntil);
  note(1 - requestDirection, known.responsesUntil);
  return word;
}

/** What the kernel could not report, and what it has caught, by kind, since it was loaded. */
export function createLosses(object: BpfObject): Probe['losses'] {
  const map = openMap(object, 'hp_loss');
  const kinds = Object.entries(layout.loss).filter(([name]) => name !== 'lostKinds');
  return () => {
    const missed = Object.fromEntries(object.programs.map((program) => [program.name, missedRuns(program)]));
    // Asked later, so that none is told as lost that is being told.
    const counts = sumPerCpu(map);
    const counted = Object.fromEntries(kinds.map(([name, index]) => [name, counts[index] ?? 0]));
    const { caughtState: _, ...told } = counted;
    return { ...told, lostRecursion: countUnseen(missed, counted) };
  };
}
