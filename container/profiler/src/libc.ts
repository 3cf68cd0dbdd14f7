/** The few calls of the C library that Node lacks: memory, clocks, and sockets that block. */
import { c, errno, failure, view } from './native.ts';

const MAP_FAILED = (1n << 64n) - 1n;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
/** As struct sockaddr_in and sockaddr_in6 have them: the family, no port, and the address. */
const LOOPBACKS = {
  ipv4: () => Buffer.from([2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
  ipv6: () => Buffer.from([10, 0, 0, 0, 0, 0, 0, 0, ...Array(15).fill(0), 1, 0, 0, 0, 0]),
};
/** Two looks at a clock that are no further apart are one after the other. */
const APART_NS = 20_000n;
const MAX_TRIES = 5;
const CLOCK_REALTIME = 0;
const CLOCK_BOOTTIME = 7;
const SC_PAGESIZE = 30;

const calls = {
  socketpair: c<(family: number, type: number, protocol: number, fds: Int32Array) => number>(
    'int socketpair(int, int, int, void *)',
  ),
  write: c<(fd: number, bytes: Buffer, count: number) => number>('long write(int, const void *, size_t)'),
  read: c<(fd: number, bytes: Buffer, count: number) => number>('long read(int, void *, size_t)'),
  socket: c<(family: number, type: number, protocol: number) => number>('int socket(int, int, int)'),
  bind: c<(fd: number, address: Buffer, length: number) => number>('int bind(int, const void *, unsigned int)'),
  listen: c<(fd: number, backlog: number) => number>('int listen(int, int)'),
  getsockname: c<(fd: number, address: Buffer, length: Int32Array) => number>('int getsockname(int, void *, void *)'),
  connect: c<(fd: number, address: Buffer, length: number) => number>('int connect(int, const void *, unsigned int)'),
  accept: c<(fd: number, address: null, length: null) => number>('int accept(int, void *, void *)'),
  closeFd: c<(fd: number) => number>('int close(int)'),
  mmap: c<(at: null, size: number, protection: number, flags: number, fd: number, offset: number) => bigint>(
    'void *mmap(void *, size_t, int, int, int, int64_t)',
  ),
  clock: c<(clock: number, time: BigInt64Array) => number>('int clock_gettime(int, void *)'),
  sysconf: c<(name: number) => number>('long sysconf(int)'),
};

/** A part of a file's memory, shared for the life of this process; undefined where it cannot be mapped, and `errno` says why. */
export function mapShared(fd: number, offset: number, bytes: number, writable: boolean): ArrayBuffer | undefined {
  const PROT_READ = 1;
  const PROT_WRITE = 2;
  const MAP_SHARED = 1;
  const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  const pointer = calls.mmap(null, bytes, protection, MAP_SHARED, fd, offset);
  return BigInt.asUintN(64, pointer) === MAP_FAILED ? undefined : view(pointer, bytes);
}

export type Family = 'unix' | 'ipv4' | 'ipv6';

/** Moves one byte over a socket of this process, of each family that there is here, so that whoever watches sockets has seen one. */
export function moveBytes(): readonly Family[] {
  moveOverPair();
  const tcp = Object.entries(LOOPBACKS) as readonly [Family, () => Buffer][];
  return ['unix', ...tcp.flatMap(([family, address]) => (moveOverTcp(address()) ? [family] : []))];
}

function moveOverPair(): void {
  const fds = new Int32Array(2);
  const byte = Buffer.alloc(1);
  if (calls.socketpair(AF_UNIX, SOCK_STREAM, 0, fds) !== 0) throw failure('no pair of sockets', errno());
  const [one = -1, other = -1] = fds;
  const moved = calls.write(one, byte, 1) === 1 && calls.read(other, byte, 1) === 1;
  const problem = errno();
  calls.closeFd(one);
  calls.closeFd(other);
  if (!moved) throw failure('no byte went through a pair of sockets', problem);
}

/** False where the machine has no such address. `address` is a struct sockaddr without a port; it is given one. */
function moveOverTcp(address: Buffer): boolean {
  const family = address.readUInt16LE(0);
  const fds = [calls.socket(family, SOCK_STREAM, 0), calls.socket(family, SOCK_STREAM, 0)];
  const [listener = -1, client = -1] = fds;
  try {
    const length = Int32Array.of(address.length);
    if (calls.bind(listener, address, address.length) !== 0 || calls.listen(listener, 1) !== 0) return false;
    if (calls.getsockname(listener, address, length) !== 0) return false;
    if (calls.connect(client, address, address.length) !== 0) return false;
    const server = calls.accept(listener, null, null);
    fds.push(server);
    const byte = Buffer.alloc(1);
    return calls.write(client, byte, 1) === 1 && calls.read(server, byte, 1) === 1;
  } finally {
    for (const fd of fds) if (fd >= 0) calls.closeFd(fd);
  }
}

export function closeFd(fd: number): void {
  calls.closeFd(fd);
}

export function pageBytes(): number {
  return Number(calls.sysconf(SC_PAGESIZE));
}

/**
 * Nanoseconds since 1970 at boot, as the clocks stand now: what to add to a time of the kernel. One clock is read between two
 * looks at the other, again where we did not get to run meanwhile.
 */
export function bootTimeNs(): bigint {
  for (let tries = 1; ; tries++) {
    const before = readClock(CLOCK_BOOTTIME);
    const wall = readClock(CLOCK_REALTIME);
    const after = readClock(CLOCK_BOOTTIME);
    if (after - before < APART_NS || tries === MAX_TRIES) return wall - (before + after) / 2n;
  }
}

/** Nanoseconds since boot, suspend included: the kernel's clock. */
export function sinceBootNs(): bigint {
  return readClock(CLOCK_BOOTTIME);
}

function readClock(clock: number): bigint {
  const time = new BigInt64Array(2);
  calls.clock(clock, time);
  return (time[0] ?? 0n) * 1_000_000_000n + (time[1] ?? 0n);
}
