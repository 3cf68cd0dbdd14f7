/** Why the kernel refused the probe, in words that lead to what is missing. */
import { readFileSync } from 'node:fs';
import { type BpfError, isOfSystem } from './errors.ts';
import { chargesLockedMemory } from './machine.ts';

const CAP_SYS_ADMIN = 21;
const CAP_SYS_RESOURCE = 24;
const NEEDED = { CAP_PERFMON: 38, CAP_BPF: 39 };
const EPERM = 1;
const EACCES = 13;
const ENOSYS = 38;
const HINTS: Readonly<Record<number, string>> = {
  1: ': the bpf() system call itself is allowed, and so are the capabilities; it is this that the kernel refuses',
  12: ' (the container may have too little memory: `mem_limit: 384m` is enough)',
  22: ' (the kernel may be older than 5.10, which `uname -r` says, or locked down, which `cat /sys/kernel/security/lockdown` says)',
};
/** As /proc/self/status shows a process that has a seccomp profile. */
const FILTERED = 2;
const FORBIDDEN =
  'a seccomp profile forbids the bpf() system call; start the container with the one that comes with its compose file, seccomp.json, which allows it (`podman run --security-opt seccomp=…/seccomp.json`)';
const REMAPPED =
  'this container has a user namespace of its own, in which no capability reaches the kernel’s eBPF; start it with root’s engine (`sudo podman`, `sudo docker`) and without a mapping of users (`--userns`, `userns-remap`)';
const OTHER_LABEL = '`security_opt: [label=disable]` in the compose file, or `podman run --security-opt label=disable`';
/** What SELinux calls a container that it confines. */
const CONFINED = /:(container\w*_t)(:|\0|$)/;
const BTF = '/sys/kernel/btf/vmlinux';

/** Where the probe was refused. */
export type Surroundings = {
  readonly rights: Rights;
  readonly hasBtf: boolean;
  readonly release: string;
  /** Whether the capabilities are those of a user namespace other than the first, where they count for nothing here. */
  readonly isRemapped: boolean;
  /** Whether bpf() as such reaches the kernel. */
  readonly canCallBpf: boolean;
  /** By which SELinux knows this process, where it does. */
  readonly label: string;
};

export type Rights = {
  readonly capabilities: bigint;
  /** What the container was given: not all of it reaches a user other than root. */
  readonly given: bigint;
  readonly user: number;
  readonly seccomp: number;
};

/** What this process may do, from /proc/self/status. */
export function readRights(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): Rights {
  const status = read('/proc/self/status');
  const capabilities = (set: string): bigint =>
    BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
  return {
    capabilities: capabilities('CapEff'),
    given: capabilities('CapBnd'),
    user: Number(/^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1] ?? 0),
    seccomp: Number(/^Seccomp:\s*(\d+)/m.exec(status)?.[1] ?? 0),
  };
}

/** From /proc/self/uid_map: the first user namespace has all numbers, and each as it is. */
export function readIsRemapped(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): boolean {
  return !/^\s*0\s+0\s+4294967295\s*$/.test(read('/proc/self/uid_map'));
}

/** From /proc/self/attr/current, which a kernel without SELinux does not let be read, or where another module answers. */
export function readLabel(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): string {
  try {
    return read('/proc/self/attr/current');
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return '';
  }
}

/** One sentence; the verifier's last lines follow where it was the one that refused. */
export function explainRefusal(error: BpfError, surroundings: Surroundings): string {
  const { rights, hasBtf, release, isRemapped, canCallBpf, label } = surroundings;
  if (!hasBtf)
    return `this kernel has no BTF (${BTF}): it was built without CONFIG_DEBUG_INFO_BTF; start one that has it, as those of Debian, Ubuntu and Fedora do, and \`ls ${BTF}\` finds it`;
  if (error.errno === EPERM && isRemapped) return `${error.message}: ${REMAPPED}`;
  const missing = missingCapabilities(rights.capabilities);
  if (error.errno === EPERM && missing.length > 0) return `${error.message}: ${whyMissing(missing, rights)}`;
  if (error.errno === EPERM && chargesLockedMemory(release) && !hasCapability(rights.capabilities, CAP_SYS_RESOURCE))
    return `${error.message}: kernels before 5.11 charge the probe to the limit of locked memory; the container lacks CAP_SYS_RESOURCE; ${addedBy(['CAP_SYS_RESOURCE'])}`;
  if (!canCallBpf && (error.errno === EPERM || error.errno === ENOSYS))
    return `${error.message}: ${whatForbids(error.errno, rights.seccomp)}`;
  const [, confined] = CONFINED.exec(label) ?? [];
  if (error.errno === EACCES && error.log === '' && confined !== undefined)
    return `${error.message}: SELinux lets no container of the type ${confined} call bpf(); give it another: ${OTHER_LABEL}`;
  const log = error.log === '' ? '' : `\n${error.log}`;
  const hint = HINTS[error.errno] ?? '';
  return `${error.message}${hint}${log}`;
}

function whatForbids(errno: number, seccomp: number): string {
  if (seccomp === FILTERED) return FORBIDDEN;
  return errno === ENOSYS
    ? 'this kernel has no bpf() system call: it was built without CONFIG_BPF_SYSCALL; start one that has it, as those of Debian, Ubuntu and Fedora do'
    : 'this kernel forbids the bpf() system call, and no seccomp profile does: a security module may (`dmesg` says so)';
}

function missingCapabilities(have: bigint): readonly string[] {
  if (hasCapability(have, CAP_SYS_ADMIN)) return [];
  return Object.entries(NEEDED).flatMap(([name, bit]) => (hasCapability(have, bit) ? [] : [name]));
}

function whyMissing(missing: readonly string[], { given, user }: Rights): string {
  const names = missing.join(' and ');
  const isGiven = missingCapabilities(given).length === 0;
  if (isGiven && user !== 0)
    return `the container was given ${names}, but user ${user}, as whom the profiler runs, does not get it: Docker gives what is added to root only, so run it as root (\`user: "0:0"\` in the compose file, or \`docker run --user 0:0\`)`;
  return `the container lacks ${names}; ${addedBy(missing)}`;
}

function addedBy(missing: readonly string[]): string {
  const names = missing.map((name) => name.replace('CAP_', '')).join(', ');
  const flags = missing.map((name) => `--cap-add=${name}`).join(' ');
  return `add it: \`cap_add: [${names}]\` in the compose file, or \`podman run ${flags}\``;
}

function hasCapability(have: bigint, bit: number): boolean {
  return (have & (1n << BigInt(bit))) !== 0n;
}
