/**
 * libbpf. A wrong pointer ends the process without an exception, so nothing here is handed out raw.
 */
import { canMakeMap } from './allowed.ts';
import { bpf, errno, type Pointer } from './native.ts';
import { loadFailure, openFailure, type ProgramName } from './refused.ts';

export type BpfProgram = ProgramName & { readonly pointer: bigint };
export type BpfObject = {
  readonly pointer: bigint;
  /** Those that are attached. */
  readonly programs: readonly BpfProgram[];
  /** Those that run when they are asked. */
  readonly asked: readonly BpfProgram[];
};

const VERIFIER_LOG_BYTES = 1 << 16;
/** BPF_LOG_STATS. */
const VERIFIER_STATISTICS = 4;

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
  info: bpf<(fd: number, info: Buffer, size: Buffer) => number>('int bpf_obj_get_info_by_fd(int, void *, uint32_t *)'),
  setPrint: bpf<(print: null) => Pointer>('void *libbpf_set_print(void *)'),
};

/** Opens an object file, of whose programs only those named will be loaded; nothing reaches the kernel yet. */
export function openObject(path: string, names: readonly string[], asked: readonly string[] = []): BpfObject {
  // libbpf prints through a va_list callback, which JavaScript cannot read; errors and logs are reported from here.
  calls.setPrint(null);
  const pointer = calls.open(path, null);
  if (pointer === null) throw openFailure(path, errno());
  const all = listPrograms(pointer);
  const pick = (wanted: readonly string[]): readonly BpfProgram[] => all.filter(({ name }) => wanted.includes(name));
  for (const { pointer, name } of all) calls.setAutoload(pointer, names.includes(name) || asked.includes(name));
  return { pointer, programs: pick(names), asked: pick(asked) };
}

/** Takes an object out of the kernel, attached or not. */
export function closeObject(object: BpfObject): void {
  calls.close(object.pointer);
}

/** What the verifier says of a program that it lets in. */
export type OnVerified = (program: string, log: string) => void;

/**
 * Hands the object to the kernel; throws with the verifier's last words. It is asked for these and its statistics only: all
 * that it looks at would not fit in a log, and kernels before 6.4 then give that as the reason (ENOSPC).
 */
export function loadObject(object: BpfObject, onVerified?: OnVerified): void {
  // In the order of the file, in which they are loaded.
  const programs = [...object.programs, ...object.asked];
  const logs = programs.map(() => Buffer.alloc(VERIFIER_LOG_BYTES));
  programs.forEach((program, index) => {
    const log = logs[index];
    if (log) calls.setLog(program.pointer, log, log.length);
    calls.setLogLevel(program.pointer, VERIFIER_STATISTICS);
  });
  const result = calls.load(object.pointer);
  programs.forEach((program) => {
    calls.setLog(program.pointer, Buffer.alloc(0), 0);
  });
  if (result !== 0) throw loadFailure(canMakeMap() ? programs : [], logs.map(logText), -result);
  programs.forEach((program, index) => {
    onVerified?.(program.name, logText(logs[index] ?? Buffer.alloc(1)));
  });
}

/** Of a loaded program, for calls that take one. */
export function programDescriptor(program: BpfProgram): number {
  return calls.programFd(program.pointer);
}

/** How often the kernel did not run a program because it was running already on that processor; of a kprobe's, because eBPF was in use there. */
export function missedRuns(program: BpfProgram): number {
  // struct bpf_prog_info: `recursion_misses` lies at byte 208; older kernels write less and leave it 0.
  const info = Buffer.alloc(256);
  const size = Buffer.from(Uint32Array.of(info.length).buffer);
  const result = calls.info(programDescriptor(program), info, size);
  return result === 0 ? Number(info.readBigUInt64LE(208)) : 0;
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

function logText(log: Buffer): string {
  return log.toString('latin1', 0, log.indexOf(0)).trimEnd();
}
