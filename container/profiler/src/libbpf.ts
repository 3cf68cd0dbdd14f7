/**
 * libbpf. A wrong pointer ends the process without an exception, so nothing here is handed out raw.
 */
import { canMakeMap } from './allowed.ts';
import { mapShared } from './libc.ts';
import { bpf, errno, failure, type Pointer, view } from './native.ts';
import { loadFailure, openFailure, type ProgramName } from './refused.ts';

export type BpfProgram = ProgramName & { readonly pointer: bigint };
export type BpfMap = { readonly name: string; readonly fd: number; readonly maxEntries: number };
export type BpfObject = { readonly pointer: bigint; readonly programs: readonly BpfProgram[] };

const VERIFIER_LOG_BYTES = 1 << 16;
/** BPF_LOG_STATS. */
const VERIFIER_STATISTICS = 4;
const ENOENT = 2;

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
};

/** Opens an object file, of whose programs only those named will be loaded; nothing reaches the kernel yet. */
export function openObject(path: string, names: readonly string[]): BpfObject {
  // libbpf prints through a va_list callback, which JavaScript cannot read; errors and logs are reported from here.
  calls.setPrint(null);
  const pointer = calls.open(path, null);
  if (pointer === null) throw openFailure(path, errno());
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
  if (pointer === null) throw failure(`the map \`${map}\` has no initial value`, errno());
  return new DataView(view(pointer, Number(size[0])));
}

/** What the verifier says of a program that it lets in. */
export type OnVerified = (program: string, log: string) => void;

/**
 * Hands the object to the kernel; throws with the verifier's last words. It is asked for these and its statistics only: all
 * that it looks at would not fit in a log, and kernels before 6.4 then give that as the reason (ENOSPC).
 */
export function loadObject(object: BpfObject, onVerified?: OnVerified): void {
  const logs = object.programs.map(() => Buffer.alloc(VERIFIER_LOG_BYTES));
  object.programs.forEach((program, index) => {
    const log = logs[index];
    if (log) calls.setLog(program.pointer, log, log.length);
    calls.setLogLevel(program.pointer, VERIFIER_STATISTICS);
  });
  const result = calls.load(object.pointer);
  object.programs.forEach((program) => {
    calls.setLog(program.pointer, Buffer.alloc(0), 0);
  });
  if (result !== 0) throw loadFailure(canMakeMap() ? object.programs : [], logs.map(logText), -result);
  object.programs.forEach((program, index) => {
    onVerified?.(program.name, logText(logs[index] ?? Buffer.alloc(1)));
  });
}

/** How often the kernel did not run a program because it was running already on that processor; of a kprobe's, because eBPF was in use there. */
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
  if (cpus < 0) throw failure('the number of processors cannot be read from /sys/devices/system/cpu/possible', -cpus);
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
  const memory = mapShared(map.fd, offset, bytes, writable);
  if (memory === undefined) throw failure(`the ring \`${map.name}\` cannot be mapped into memory`, errno());
  return memory;
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
