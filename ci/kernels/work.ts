/**
 * What is under test, on a disk: the profiler's user space, the compiled probe and what the guest runs. It lies in the checkout, as
 * what the guest says does, and not in the cache: other checkouts may be tried at the same time.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildProbe, object as probe } from '../../test/helpers/build-probe.ts';
import { makeDisk } from './base.ts';
import { call } from './call.ts';
import { extractBtf } from './fetch.ts';
import { type Arch, type Kernel, root } from './list.ts';

/** Bundled here, since a guest takes many times as long to read TypeScript; koffi is on the base disk. */
const PROGRAMS = {
  'profiler.mjs': 'container/profiler/src/main.ts',
  'guest.mjs': 'ci/kernels/guest/main.ts',
};

const output = join(root, 'bpf/.output');

/** Where a kernel's console is written. */
export function logOf({ name }: Pick<Kernel, 'name'>): string {
  return join(output, 'guest-logs', `${name}.log`);
}

/** For x64 the types come from the running kernel, as for an image; for arm64 from `image`, a kernel of that kind. */
export function makeWork(arch: Arch, image: string): string {
  const folder = join(output, `guest-${arch}`);
  const tree = join(folder, 'tree');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const [name, source] of Object.entries(PROGRAMS)) {
    const options = ['--format', 'esm', '--platform', 'node', '--external', 'koffi', '--file', join(tree, name)];
    call(join(root, 'node_modules/.bin/rolldown'), [join(root, source), ...options], { cwd: root });
  }
  for (const source of [
    'ci/kernels/guest/start.sh',
    'ci/kernels/guest/crowd.py',
    'test/bpf/peer.py',
    'test/bpf/uring.py',
  ])
    cpSync(join(root, source), join(tree, basename(source)));
  compile(arch, image, join(tree, 'http_probe.o'), folder);
  compileFor32(arch, join(tree, 'talk32'));
  makeDisk(tree, join(folder, 'work.ext4'), 2);
  return join(folder, 'work.ext4');
}

/** What a 32-bit process runs: without a C library, which would be one for each architecture. */
function compileFor32(arch: Arch, binary: string): void {
  const target = arch === 'x64' ? 'i686-linux-gnu' : 'armv7a-linux-gnueabi';
  const alone = '-O1 -ffreestanding -fno-builtin -fno-pic -fno-stack-protector -nostdlib -static -fuse-ld=lld'.split(
    ' ',
  );
  call('clang', [`--target=${target}`, ...alone, '-o', binary, join(root, 'test/bpf/talk32.c')]);
}

function compile(arch: Arch, image: string, object: string, folder: string): void {
  if (process.arch === arch) {
    buildProbe();
    cpSync(probe, object);
    return;
  }
  const env = { OUT: object, ARCH: arch === 'x64' ? 'x86' : 'arm64', BTF: join(folder, 'btf') };
  extractBtf(image, env.BTF);
  call('sh', [join(root, 'bpf/build.sh')], { env });
}
