/** What is under test, on a disk: the profiler's user space, the compiled probe and what the guest runs. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDisk } from './base.ts';
import { cacheFolder } from './cache.ts';
import { call } from './call.ts';
import { extractBtf } from './fetch.ts';
import { type Arch, root } from './list.ts';

const COPIED = ['container/profiler/src', 'container/profiler/package.json', 'ci/kernels/guest'];

/** For x64 the types come from the running kernel, as for an image; for arm64 from `image`, a kernel of that kind. */
export function makeWork(arch: Arch, image: string): string {
  const folder = join(cacheFolder(), `work-${arch}`);
  const tree = join(folder, 'tree');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const path of COPIED) cpSync(join(root, path), join(tree, path), { recursive: true });
  writeFileSync(join(tree, 'package.json'), '{ "type": "module" }\n');
  compile(arch, image, join(tree, 'http_probe.o'), folder);
  makeDisk(tree, join(folder, 'work.ext4'), 2);
  return join(folder, 'work.ext4');
}

function compile(arch: Arch, image: string, object: string, folder: string): void {
  const env: Record<string, string> = { OUT: object, ARCH: arch === 'x64' ? 'x86' : 'arm64' };
  if (process.arch !== arch) {
    env.BTF = join(folder, 'btf');
    extractBtf(image, env.BTF);
  }
  call('sh', [join(root, 'bpf/build.sh')], { env });
}
