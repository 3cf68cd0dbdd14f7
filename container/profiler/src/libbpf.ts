/**
 * libbpf and the few calls of the C library that Node lacks, through koffi. Pointers are bigints. A wrong pointer
 * ends the process without an exception, so nothing here is handed out raw. The file is longer than 200 lines because
 * koffi has one importer.
 */
import koffi, { type KoffiFunc } from 'koffi';
import { BpfError } from './errors.ts';

type Pointer = bigint | null;

export type BpfProgram = { readonly name: string; readonly section: string; readonly pointer: bigint };
export type BpfMap = { readonly name: string; readonly fd: number; readonly maxEntries: number };
export type BpfObject = { readonly pointer: bigint; readonly programs: readonly BpfProgram[] };

const VERIFIER_LOG_BYTES = 1 << 20;
/** BPF_LOG_STATS. */
const VERIFIER_STATISTICS = 4;
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
const ENOENT = 2;

const libraries = loadLibraries();
const { bpf, c } = libraries;

const calls = {
  open: bpf<(path: string, options: null) => Pointer>('void *bpf_object__open_file(const char *, void *)'),
  load: bpf<(object: bigint) => number>('int bpf_object__load(void *)'),
  nextProgram: bpf<(object: bigint, previous: Pointer) => Pointer>('void *bpf_object__next_program(void *, void *)'),
  programName: bpf<(program: bigint) => string>('const char *bpf_program__name(void *)'),
  programSection: bpf<(program: bigint) => string>('const char *bpf_program__section_name(void *)'),
  setAutoload: bpf<(program: bigint, on: boolean) => number>('int bpf_program__set_autoload(void *, bool)'),
  close: bpf<(object: bigint) => void>('void bpf_object__close(void *)'),
  programFd: bpf<(program: bigint) => number>('int bpf_program__fd(void *)'),
  setLog: bpf<(program: bigint, log: Buffer, size: number) => number>(
    'int bpf_program__set_log_buf(void *, void *, size_t)',
  ),
  setLogLevel: bpf<(program: bigint, level: number) => number>('int bpf_program__set_log_level(void *, uint32_t)'),
  attach: bpf<(program: bigint) => Pointer>('void *bpf_program__attach(void *)'),
  detach: bpf<(link: bigint) => number>('int bpf_link__destroy(void *)'),
  findMap: bpf<(object: bigint, name: string) => Pointer>('void *bpf_object__find_map_by_name(void *, const char *)'),
  mapFd: bpf<(map: bigint) => number>('int bpf_map__fd(void *)'),
  mapSize: bpf<(map: bigint) => number>('uint32_t bpf_map__max_entries(void *)'),
  initialValue: bpf<(map: bigint, size: number[]) => Pointer>('void *bpf_map__initial_value(void *, _Out_ size_t *)'),
  lookup: bpf<(fd: number, key: Buffer, value: Buffer) => number>('int bpf_map_lookup_elem(int, const void *, void *)'),
  update: bpf<(fd: number, key: Buffer, value: Buffer, flags: number) => number>(
    'int bpf_map_update_elem(int, const void *, const void *, uint64_t)',
  ),
  remove: bpf<(fd: number, key: Buffer) => number>('int bpf_map_delete_elem(int, const void *)'),
  nextKey: bpf<(fd: number, key: Buffer | null, next: Buffer) => number>(
    'int bpf_map_get_next_key(int, const void *, void *)',
  ),
  info: bpf<(fd: number, info: Buffer, size: Buffer) => number>('int bpf_obj_get_info_by_fd(int, void *, uint32_t *)'),
  setPrint: bpf<(print: null) => Pointer>('void *libbpf_set_print(void *)'),
  cpus: bpf<() => number>('int libbpf_num_possible_cpus()'),
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
  strerror: c<(errno: number) => string>('const char *strerror(int)'),
};

/** Opens an object file, of whose programs only those named will be loaded; nothing reaches the kernel yet. */
export function openObject(path: string, names: readonly string[]): BpfObject {
  // libbpf prints through a va_list callback, which JavaScript cannot read; errors and logs are reported from here.
  calls.setPrint(null);
  const pointer = calls.open(path, null);
  if (pointer === null) throw failure(`\`${path}\` cannot be opened as a BPF object`, koffi.errno());
  const all = listPrograms(pointer);
  for (const program of all) calls.setAutoload(program.pointer, names.includes(program.name));
  return { pointer, programs: all.filter((program) => names.includes(program.name)) };
}

/** Takes an object out of the kernel, attached or not. */
export function closeObject(object: BpfObject): void {
  calls.close(object.pointer);
}

/** A read-only data map's contents, to be changed before the object is loaded. */
export function initialValue(object: BpfObject, map: string): DataView {
  const size = [0];
  const pointer = calls.initialValue(findMap(object, map), size);
  if (pointer === null) throw failure(`the map \`${map}\` has no initial value`, koffi.errno());
  return new DataView(koffi.view(pointer, Number(size[0])));
}

/** What the verifier says of a program that it lets in. */
export type OnVerified = (program: string, log: string) => void;

/** Hands the object to the kernel; throws with the verifier's last words. Its statistics cost time, so they are asked for. */
export function loadObject(object: BpfObject, onVerified?: OnVerified): void {
  const logs = object.programs.map(() => Buffer.alloc(VERIFIER_LOG_BYTES));
  object.programs.forEach((program, index) => {
    const log = logs[index];
    if (log) calls.setLog(program.pointer, log, log.length);
    if (onVerified) calls.setLogLevel(program.pointer, VERIFIER_STATISTICS);
  });
  const result = calls.load(object.pointer);
  object.programs.forEach((program) => {
    calls.setLog(program.pointer, Buffer.alloc(0), 0);
  });
  if (result !== 0) throw failure('the kernel refused the programs', -result, logs.map(lastLines).join(''));
  object.programs.forEach((program, index) => {
    onVerified?.(program.name, logText(logs[index] ?? Buffer.alloc(1)));
  });
}

export function attachProgram(program: BpfProgram): bigint {
  const link = calls.attach(program.pointer);
  if (link === null) throw failure(`\`${program.name}\` cannot be attached to \`${program.section}\``, koffi.errno());
  return link;
}

export function detachProgram(link: bigint): void {
  const result = calls.detach(link);
  if (result !== 0) throw failure('a program cannot be detached', -result);
}

/** How often the kernel did not run a program because it was running already on that processor. */
export function missedRuns(program: BpfProgram): number {
  // struct bpf_prog_info: `recursion_misses` lies at byte 208; older kernels write less and leave it 0.
  const info = Buffer.alloc(256);
  const size = Buffer.from(Uint32Array.of(info.length).buffer);
  const result = calls.info(calls.programFd(program.pointer), info, size);
  return result === 0 ? Number(info.readBigUInt64LE(208)) : 0;
}

export function openMap(object: BpfObject, name: string): BpfMap {
  const pointer = findMap(object, name);
  return { name, fd: calls.mapFd(pointer), maxEntries: calls.mapSize(pointer) };
}

/** Fills `value` and returns whether the key was there. */
export function lookUp(map: BpfMap, key: Buffer, value: Buffer): boolean {
  return isFound(map, calls.lookup(map.fd, key, value));
}

export function update(map: BpfMap, key: Buffer, value: Buffer): void {
  isFound(map, calls.update(map.fd, key, value, 0));
}

/** Returns whether the key was there. */
export function remove(map: BpfMap, key: Buffer): boolean {
  return isFound(map, calls.remove(map.fd, key));
}

/** Every key that is in the map now. */
export function listKeys(map: BpfMap, keyBytes: number): Buffer[] {
  const keys: Buffer[] = [];
  let previous: Buffer | null = null;
  for (;;) {
    const next = Buffer.alloc(keyBytes);
    if (!isFound(map, calls.nextKey(map.fd, previous, next)) || keys.length > map.maxEntries) return keys;
    keys.push(next);
    previous = next;
  }
}

/** The sum over all processors of each entry of a per-processor array of u64. */
export function sumPerCpu(map: BpfMap): number[] {
  const cpus = calls.cpus();
  const key = Buffer.alloc(4);
  const values = Buffer.alloc(cpus * 8);
  return Array.from({ length: map.maxEntries }, (_, index) => {
    key.writeUInt32LE(index);
    if (!lookUp(map, key, values)) return 0;
    let sum = 0;
    for (let cpu = 0; cpu < cpus; cpu++) sum += Number(values.readBigUInt64LE(cpu * 8));
    return sum;
  });
}

/** A part of a map's memory, shared with the kernel for the life of this process. */
export function mapMemory(map: BpfMap, offset: number, bytes: number, writable: boolean): ArrayBuffer {
  const PROT_READ = 1;
  const PROT_WRITE = 2;
  const MAP_SHARED = 1;
  const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  const pointer = calls.mmap(null, bytes, protection, MAP_SHARED, map.fd, offset);
  if (BigInt.asUintN(64, pointer) === MAP_FAILED) {
    throw failure(`the ring \`${map.name}\` cannot be mapped into memory`, koffi.errno());
  }
  return koffi.view(pointer, bytes);
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
  if (calls.socketpair(AF_UNIX, SOCK_STREAM, 0, fds) !== 0) throw failure('no pair of sockets', koffi.errno());
  const [one = -1, other = -1] = fds;
  const moved = calls.write(one, byte, 1) === 1 && calls.read(other, byte, 1) === 1;
  const errno = koffi.errno();
  calls.closeFd(one);
  calls.closeFd(other);
  if (!moved) throw failure('no byte went through a pair of sockets', errno);
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

function listPrograms(object: bigint): readonly BpfProgram[] {
  const programs: BpfProgram[] = [];
  let pointer = calls.nextProgram(object, null);
  while (pointer !== null) {
    programs.push({ name: calls.programName(pointer), section: calls.programSection(pointer), pointer });
    pointer = calls.nextProgram(object, pointer);
  }
  return programs;
}

function findMap(object: BpfObject, name: string): bigint {
  const pointer = calls.findMap(object.pointer, name);
  if (pointer === null) throw failure(`the object has no map \`${name}\``, ENOENT);
  return pointer;
}

function isFound(map: BpfMap, result: number): boolean {
  if (result === 0) return true;
  if (result === -ENOENT) return false;
  throw failure(`the map \`${map.name}\` refused a call`, -result);
}

function logText(log: Buffer): string {
  return log.toString('latin1', 0, log.indexOf(0)).trimEnd();
}

function lastLines(log: Buffer): string {
  return logText(log).split('\n').slice(-6).join('\n');
}

function failure(what: string, errno: number, log = ''): BpfError {
  const code = Math.abs(errno);
  return new BpfError(`${what}: ${calls.strerror(code)} (errno ${code})`, code, log);
}

function loadLibraries() {
  const libbpf = koffi.load('libbpf.so.1');
  const libc = koffi.load('libc.so.6');
  return {
    bpf: <T extends (...args: never[]) => unknown>(signature: string) => libbpf.func(signature) as KoffiFunc<T>,
    c: <T extends (...args: never[]) => unknown>(signature: string) => libc.func(signature) as KoffiFunc<T>,
  };
}
