/** Maps of an object in the kernel, through libbpf. */
import { mapShared } from './libc.ts';
import { bpf, errno, failure, type Pointer, view } from './native.ts';

export type BpfMap = {
  readonly name: string;
  readonly fd: number;
  readonly maxEntries: number;
  readonly valueBytes: number;
};
/** An object, as far as its maps are concerned. */
type HasMaps = { readonly pointer: bigint };

const ENOENT = 2;

const calls = {
  findMap: bpf<(object: bigint, name: string) => Pointer>('void *bpf_object__find_map_by_name(void *, const char *)'),
  nextMap: bpf<(object: bigint, previous: Pointer) => Pointer>('void *bpf_object__next_map(void *, void *)'),
  mapName: bpf<(map: bigint) => string>('const char *bpf_map__name(void *)'),
  mapFd: bpf<(map: bigint) => number>('int bpf_map__fd(void *)'),
  mapSize: bpf<(map: bigint) => number>('uint32_t bpf_map__max_entries(void *)'),
  valueSize: bpf<(map: bigint) => number>('uint32_t bpf_map__value_size(void *)'),
  reuseMap: bpf<(map: bigint, fd: number) => number>('int bpf_map__reuse_fd(void *, int)'),
  initialValue: bpf<(map: bigint, size: number[]) => Pointer>('void *bpf_map__initial_value(void *, _Out_ size_t *)'),
  lookup: bpf<(fd: number, key: Buffer, value: Buffer) => number>('int bpf_map_lookup_elem(int, const void *, void *)'),
  update: bpf<(fd: number, key: Buffer, value: Buffer, flags: number) => number>(
    'int bpf_map_update_elem(int, const void *, const void *, uint64_t)',
  ),
  remove: bpf<(fd: number, key: Buffer) => number>('int bpf_map_delete_elem(int, const void *)'),
  nextKey: bpf<(fd: number, key: Buffer | null, next: Buffer) => number>(
    'int bpf_map_get_next_key(int, const void *, void *)',
  ),
  cpus: bpf<() => number>('int libbpf_num_possible_cpus()'),
};

export function openMap(object: HasMaps, name: string): BpfMap {
  const pointer = findMap(object, name);
  return {
    name,
    fd: calls.mapFd(pointer),
    maxEntries: calls.mapSize(pointer),
    valueBytes: calls.valueSize(pointer),
  };
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

/** A read-only data map's contents, to be changed before the object is loaded. */
export function initialValue(object: HasMaps, map: string): DataView {
  const size = [0];
  const pointer = calls.initialValue(findMap(object, map), size);
  if (pointer === null) throw failure(`the map \`${map}\` has no initial value`, errno());
  return new DataView(view(pointer, Number(size[0])));
}

/** Lets the programs of an object that is not loaded yet work on the maps of another one from the same file. */
export function shareMaps(object: HasMaps, other: HasMaps): void {
  let map = calls.nextMap(object.pointer, null);
  while (map !== null) {
    const { name, fd } = openMap(other, calls.mapName(map));
    const result = calls.reuseMap(map, fd);
    if (result !== 0) throw failure(`the map \`${name}\` cannot be shared`, -result);
    map = calls.nextMap(object.pointer, map);
  }
}

function findMap(object: HasMaps, name: string): bigint {
  const pointer = calls.findMap(object.pointer, name);
  if (pointer === null) throw failure(`the object has no map \`${name}\``, ENOENT);
  return pointer;
}

function isFound(map: BpfMap, result: number): boolean {
  if (result === 0) return true;
  if (result === -ENOENT) return false;
  throw failure(`the map \`${map.name}\` refused a call`, -result);
}
