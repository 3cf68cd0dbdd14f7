/** The kernel's own types, as it describes them (BTF). */
import { bpf, errno, failure, type Pointer } from './native.ts';

/** BTF_KIND_STRUCT. */
const STRUCTURE = 4;

const calls = {
  load: bpf<() => Pointer>('void *btf__load_vmlinux_btf(void)'),
  find: bpf<(types: bigint, name: string, kind: number) => number>(
    'int btf__find_by_name_kind(void *, const char *, uint32_t)',
  ),
  free: bpf<(types: bigint) => void>('void btf__free(void *)'),
};

/** Whether the kernel has a structure of that name. */
export function hasStructure(name: string): boolean {
  const types = calls.load();
  if (types === null) throw failure('the types of the kernel cannot be read', errno());
  try {
    return calls.find(types, name, STRUCTURE) > 0;
  } finally {
    calls.free(types);
  }
}
