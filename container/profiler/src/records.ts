/** Records of the rings, decoded. Layouts come from the object's BTF. */
import { formatIp, formatUnixPath } from './addresses.ts';
import type { Gap } from './connection/piece.ts';
import type { Framed } from './http1/head.ts';
import type { GroupNames } from './identity.ts';
import * as layout from './layout.ts';
import type { Ring } from './ring.ts';

const AF_UNIX = 1;
const AF_INET = 2;
const TWO_TO_32 = 4_294_967_296;
/** By `enum hp_gap`. */
const GAPS: readonly Gap[] = ['none', 'resumed', 'count-only'];

export type OpenRecord = {
  readonly conn: number;
  /** The key of the connection in the kernel's map. */
  readonly sock: bigint;
  readonly peer: bigint;
  readonly isUnix: boolean;
  readonly requestDirection: number;
  readonly local: string;
  readonly remote: string;
};

/** Which cgroup, as the kernel numbers them on both hierarchies. */
export type GroupId = { readonly unified: bigint; readonly legacy: bigint };

export type GroupRecord = GroupNames & { readonly group: GroupId };

export type EndRecord = {
  readonly conn: number;
  readonly direction: number;
  readonly offset: number;
  readonly isShed: boolean;
};

export type CloseRecord = {
  readonly timeNs: number;
  readonly conn: number;
  readonly oldState: number;
  readonly newState: number;
  /** What was under way is not told to its end. */
  readonly isShed: boolean;
  /** By direction: where its stream stands. */
  readonly ends: readonly [number, number];
};

/** The kind of the record at a place of the ring that carries pieces. */
export function dataKind({ words }: Ring, at: number): number {
  return words[(at + layout.piece.kind) >> 2] ?? 0;
}

/** A 64-bit number that needs no more than 53 bits: times, inodes. */
export function readNumber({ words }: Ring, at: number): number {
  return (words[(at >> 2) + 1] ?? 0) * TWO_TO_32 + ((words[at >> 2] ?? 0) >>> 0);
}

/** An unsigned 32-bit number. */
export function readWord({ words }: Ring, at: number): number {
  return (words[at >> 2] ?? 0) >>> 0;
}

/** An unsigned 16-bit number. */
export function readHalf({ words }: Ring, at: number): number {
  return ((words[at >> 2] ?? 0) >>> ((at & 2) << 3)) & 0xffff;
}

/** What the kernel knows of the message that a piece begins with. */
export function readFramed(ring: Ring, at: number): Framed | undefined {
  const headBytes = readWord(ring, at + layout.piece.head);
  if (headBytes === 0) return undefined;
  // All bits are set where the body lasts as long as the connection, and no other length has the highest.
  const body = readNumber(ring, at + layout.piece.body);
  return { headBytes, bodyBytes: body < 0 ? undefined : body };
}

export function readGap(ring: Ring, at: number): Gap {
  return GAPS[readHalf(ring, at + layout.piece.gap)] ?? 'none';
}

/** A string that ends at its first NUL. */
export function readText({ bytes }: Ring, at: number, length: number): string {
  const end = bytes.subarray(at, at + length).indexOf(0);
  return bytes.toString('latin1', at, at + (end === -1 ? length : end));
}

export function readGroupId({ bytes }: Ring, at: number): GroupId {
  return {
    unified: bytes.readBigUInt64LE(at + layout.group.unified),
    legacy: bytes.readBigUInt64LE(at + layout.group.legacy),
  };
}

export function readOpen(ring: Ring, at: number): OpenRecord {
  const { bytes } = ring;
  const family = bytes.readUInt16LE(at + layout.open.family);
  const address = (
    ip: number,
    port: number,
    path: { readonly at: number; readonly lengths: readonly [number] },
  ): string => {
    const unixAt = at + path.at;
    if (family === AF_UNIX) return formatUnixPath(bytes.subarray(unixAt, unixAt + path.lengths[0]));
    const length = family === AF_INET ? 4 : 16;
    return `${formatIp(bytes.subarray(at + ip, at + ip + length))}:${bytes.readUInt16LE(at + port)}`;
  };
  return {
    conn: readNumber(ring, at + layout.open.conn),
    sock: bytes.readBigUInt64LE(at + layout.open.sock),
    peer: bytes.readBigUInt64LE(at + layout.open.peer),
    isUnix: family === AF_UNIX,
    requestDirection: bytes.readUInt16LE(at + layout.open.requestDirection),
    local: address(layout.open.local.at, layout.open.localPort, layout.open.localPath),
    remote: address(layout.open.remote.at, layout.open.remotePort, layout.open.remotePath),
  };
}

export function readEnd(ring: Ring, at: number): EndRecord {
  return {
    conn: readNumber(ring, at + layout.piece.conn),
    direction: readHalf(ring, at + layout.piece.direction),
    offset: readWord(ring, at + layout.piece.offset),
    isShed: readGap(ring, at) !== 'none',
  };
}

export function readClose(ring: Ring, at: number): CloseRecord {
  return {
    timeNs: readNumber(ring, at + layout.close.timeNs),
    conn: readNumber(ring, at + layout.close.conn),
    oldState: readWord(ring, at + layout.close.oldState),
    newState: readWord(ring, at + layout.close.newState),
    isShed: readWord(ring, at + layout.close.shed) !== 0,
    ends: [readWord(ring, at + layout.close.ends.at), readWord(ring, at + layout.close.ends.at + 4)],
  };
}

export function readGroup(ring: Ring, at: number): GroupRecord {
  const names = (field: { readonly at: number; readonly lengths: readonly [number, number] }): string[] => {
    const [levels, length] = field.lengths;
    return Array.from({ length: levels }, (_, level) => readText(ring, at + field.at + level * length, length)).filter(
      (name) => name !== '',
    );
  };
  const node = readText(ring, at + layout.cgroup.node.at, layout.cgroup.node.lengths[0]);
  const hostNode = readText(ring, at + layout.cgroup.hostNode.at, layout.cgroup.hostNode.lengths[0]);
  return {
    group: readGroupId(ring, at + layout.cgroup.group),
    unified: names(layout.cgroup.unified),
    legacy: names(layout.cgroup.legacy),
    node: node === hostNode ? '' : node,
  };
}
