/** From programs in the kernel to the places where it calls them. */
import { constants } from 'node:os';
import type { BpfProgram } from './libbpf.ts';
import { bpf, defineStructure, errno, failure, type Pointer } from './native.ts';
import { named } from './refused.ts';

/** Functions by name, so that none has to be looked up where addresses are secret. */
type KprobeOptions = { readonly [field in keyof typeof KPROBE_OPTIONS]: unknown };
/** struct bpf_kprobe_multi_opts of libbpf.h, and its size. */
const KPROBE_OPTIONS = {
  sz: 'size_t',
  syms: 'const char **',
  addrs: 'void *',
  cookies: 'void *',
  cnt: 'size_t',
  retprobe: 'bool',
};
const KPROBE_OPTIONS_BYTES = 48;
defineStructure('bpf_kprobe_multi_opts', KPROBE_OPTIONS);

const calls = {
  attach: bpf<(program: bigint) => Pointer>('void *bpf_program__attach(void *)'),
  attachKprobes: bpf<(program: bigint, pattern: null, options: KprobeOptions) => Pointer>(
    'void *bpf_program__attach_kprobe_multi_opts(void *, const char *, const bpf_kprobe_multi_opts *)',
  ),
  detach: bpf<(link: bigint) => number>('int bpf_link__destroy(void *)'),
};

/** How compilers name a function of which they made one for its only callers. */
const SPECIALISED = ['', '.constprop.0', '.isra.0'];
/** What the kernel says of a name that it does not have. */
const { ENOENT, ESRCH } = constants.errno;

/** A kprobe is attached to its function, or to what the compiler made of it. */
export function attachProgram(program: BpfProgram): bigint {
  const [, place] = /^kprobe\.multi\/(.*)/.exec(program.section) ?? [];
  const link = place === undefined ? calls.attach(program.pointer) : attachKprobe(program.pointer, place);
  if (link === null) throw failure(`the kernel refused to attach ${named(program)}`, errno());
  return link;
}

function attachKprobe(program: bigint, place: string): Pointer {
  const options = { sz: KPROBE_OPTIONS_BYTES, addrs: null, cookies: null, cnt: 1, retprobe: false };
  for (const ending of SPECIALISED) {
    const link = calls.attachKprobes(program, null, { ...options, syms: [`${place}${ending}`] });
    if (link !== null || (errno() !== ENOENT && errno() !== ESRCH)) return link;
  }
  return null;
}

export function detachProgram(link: bigint): void {
  const result = calls.detach(link);
  if (result !== 0) throw failure('a program cannot be detached', -result);
}
