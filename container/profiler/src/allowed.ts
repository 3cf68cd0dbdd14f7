/** What the kernel lets this process do with bpf() as such, asked by calls that change nothing. */
import { closeFd } from './libc.ts';
import { bpf } from './native.ts';

const EBADF = 9;
const BPF_MAP_TYPE_ARRAY = 2;

const calls = {
  createMap: bpf<(type: number, name: null, key: number, value: number, entries: number, options: null) => number>(
    'int bpf_map_create(int, const char *, uint32_t, uint32_t, uint32_t, void *)',
  ),
  lookup: bpf<(fd: number, key: Buffer, value: Buffer) => number>('int bpf_map_lookup_elem(int, const void *, void *)'),
};

/** Whether the call reaches the kernel, which then says that there is no such map. */
export function canCallBpf(): boolean {
  const result = calls.lookup(-1, Buffer.alloc(4), Buffer.alloc(4));
  return result === -EBADF;
}

/** Whether the kernel takes anything at all from this process. */
export function canMakeMap(): boolean {
  const fd = calls.createMap(BPF_MAP_TYPE_ARRAY, null, 4, 4, 1, null);
  if (fd >= 0) closeFd(fd);
  return fd >= 0;
}
