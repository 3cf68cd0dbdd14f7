/** A kernel and the modules that it needs to find its disks, out of Debian's packages. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { once } from './cache.ts';
import { call } from './call.ts';
import type { Debian } from './debian.ts';
import type { Kernel } from './list.ts';

export type Fetched = {
  /** What boots. */
  readonly image: string;
  /** Modules, named so that each sorts behind those that it needs. */
  readonly modules: string;
  readonly packages: readonly string[];
};

/** What a guest's disks need. A kernel may have some of it built in, and no file for that. */
const NEEDED = ['virtio_pci', 'virtio_blk'];

/** Keeps only what boots and what is inserted: packages are large. */
export function fetchKernel(kernel: Kernel, debian: Debian): Fetched {
  const packages = debian.packagesOf(kernel);
  const folder = once(`kernel-${kernel.name}`, [packages, readFileSync(import.meta.filename, 'utf8')], (into) => {
    const tree = join(into, 'tree');
    debian.unpack(packages, tree);
    const files = readdirSync(tree, { recursive: true, encoding: 'utf8' });
    const image = files.find((path) => /^vmlinuz(-|$)/.test(basename(path)));
    if (image === undefined) throw new Error(`there is no kernel in ${packages.join(', ')}`);
    cpSync(join(tree, image), join(into, 'image'));
    mkdirSync(join(into, 'modules'));
    const done: string[] = [];
    for (const module of NEEDED) unpackModule(module, { tree, files, into: join(into, 'modules'), done });
    rmSync(tree, { recursive: true });
  });
  return { image: join(folder, 'image'), modules: join(folder, 'modules'), packages };
}

type Unpacking = {
  readonly tree: string;
  readonly files: readonly string[];
  readonly into: string;
  /** In the order in which they must be inserted. */
  readonly done: string[];
};

/** Those that it depends on first; their number in the name keeps the order. */
function unpackModule(module: string, unpacking: Unpacking): void {
  const { tree, files, into, done } = unpacking;
  const found = files.find((path) => moduleOf(path) === module);
  if (found === undefined || done.includes(module)) return;
  const scratch = join(into, basename(found));
  cpSync(join(tree, found), scratch);
  if (found.endsWith('.xz')) call('xz', ['-d', scratch]);
  if (found.endsWith('.zst')) call('zstd', ['-qd', '--rm', scratch]);
  const plain = scratch.replace(/\.(xz|zst)$/, '');
  for (const needed of dependenciesOf(plain)) unpackModule(needed.replaceAll('-', '_'), unpacking);
  renameSync(plain, join(into, `${String(done.length).padStart(2, '0')}-${module}.ko`));
  done.push(module);
}

/** The kernel takes `-` and `_` in names for the same. */
function moduleOf(path: string): string | undefined {
  return /([^/]+)\.ko(\.xz|\.zst)?$/.exec(path)?.[1]?.replaceAll('-', '_');
}

/** `depends=a,b` stands in the section .modinfo. */
function dependenciesOf(file: string): readonly string[] {
  const depends = /\0depends=([^\0]*)\0/.exec(readFileSync(file, 'latin1'))?.[1] ?? '';
  return depends.split(',').filter((name) => name !== '');
}

/** The BTF inside a kernel image, to write vmlinux.h from; the image may be packed. */
export function extractBtf(image: string, to: string): void {
  const packed = readFileSync(image);
  const plain = packed.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) ? unpackGzip(image) : packed;
  const start = findBtf(plain);
  writeFileSync(to, plain.subarray(start, start + btfBytes(plain, start)));
}

function unpackGzip(image: string): Buffer {
  call('sh', ['-c', 'gzip -dc "$1" > "$2"', 'sh', image, `${image}.plain`]);
  const plain = readFileSync(`${image}.plain`);
  rmSync(`${image}.plain`);
  return plain;
}

/** struct btf_header: magic, version 1, flags 0, its own length 24, then the places of types and strings. */
function findBtf(image: Buffer): number {
  const header = Buffer.from([0x9f, 0xeb, 1, 0, 24, 0, 0, 0]);
  let largest = -1;
  for (let at = image.indexOf(header); at >= 0; at = image.indexOf(header, at + 1)) {
    if (largest < 0 || btfBytes(image, at) > btfBytes(image, largest)) largest = at;
  }
  if (largest < 0) throw new Error('there is no BTF in the kernel image');
  return largest;
}

function btfBytes(image: Buffer, at: number): number {
  const stringsAt = image.readUInt32LE(at + 16);
  return 24 + stringsAt + image.readUInt32LE(at + 20);
}
