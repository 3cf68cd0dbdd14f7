/** The disk that every guest of one processor architecture has: libraries, Node, koffi, a shell. Made once. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePackage } from '../../tasks/lib/base-images.ts';
import { once } from './cache.ts';
import { call } from './call.ts';
import type { Debian } from './debian.ts';
import { type Arch, root } from './list.ts';

export type Base = { readonly disk: string; readonly busybox: string };

/** A folder with what stands for `npm ci` of the profiler on a machine of that architecture. */
const MANIFESTS = [
  'package.json',
  'package-lock.json',
  'tasks/runner/package.json',
  'container/app/package.json',
  'container/profiler/package.json',
];

export function makeBase(arch: Arch, packages: readonly string[], debian: Debian): Base {
  const node = nodePackage({ os: 'linux', arch, pretended: false });
  const ingredients = [
    packages,
    node,
    MANIFESTS.map((path) => readFileSync(join(root, path), 'utf8')),
    readFileSync(import.meta.filename, 'utf8'),
  ];
  const folder = once(`base-${arch}`, ingredients, (into) => {
    const tree = join(into, 'tree');
    const suffix = arch === 'x64' ? 'amd64' : 'arm64';
    debian.unpack(
      packages.map((name) => `${name}:${suffix}/bookworm`),
      tree,
    );
    addNode(node, tree);
    addModules(arch, tree);
    addFiles(tree);
    cpSync(join(tree, 'bin/busybox'), join(into, 'busybox'));
    makeDisk(tree, join(into, 'base.ext4'), 64);
    rmSync(tree, { recursive: true });
  });
  return { disk: join(folder, 'base.ext4'), busybox: join(folder, 'busybox') };
}

/** A file system with what is in `tree`, and as many free MiB; made without mounting anything. */
export function makeDisk(tree: string, disk: string, freeMib: number): void {
  const usedMib = Math.ceil(Number(call('du', ['-sk', tree]).split('\t')[0]) / 1024);
  call('mke2fs', ['-q', '-t', 'ext4', '-O', '^has_journal', '-d', tree, disk, `${usedMib + freeMib}M`]);
}

function addNode(spec: string, tree: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'kernels-node-'));
  const packed = call('npm', ['pack', '--silent', '--pack-destination', scratch, spec]).trim().split('\n').at(-1) ?? '';
  call('tar', ['-xzf', join(scratch, packed), '-C', scratch, 'package/bin/node']);
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  cpSync(join(scratch, 'package/bin/node'), join(tree, 'usr/bin/node'));
  rmSync(scratch, { recursive: true });
}

/** From the lock file, as in the profiler's image. */
function addModules(arch: Arch, tree: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'kernels-npm-'));
  for (const path of MANIFESTS) cpSync(join(root, path), join(scratch, path), { recursive: true });
  const options = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--workspace', 'profiler'];
  call('npm', ['ci', '--os=linux', `--cpu=${arch}`, '--libc=glibc', ...options], { cwd: scratch });
  for (const name of ['koffi', '@koromix']) {
    cpSync(join(scratch, 'node_modules', name), join(tree, 'node_modules', name), { recursive: true });
  }
  rmSync(scratch, { recursive: true });
}

function addFiles(tree: string): void {
  for (const name of ['usr/share', 'var', 'usr/lib/systemd', 'lib/systemd']) {
    rmSync(join(tree, name), { recursive: true, force: true });
  }
  for (const name of ['app', 'proc', 'sys', 'dev', 'tmp', 'etc']) mkdirSync(join(tree, name), { recursive: true });
  symlinkSync('busybox', join(tree, 'bin/sh'));
  writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nnode:x:1000:1000:node:/:/bin/sh\n');
  writeFileSync(join(tree, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  writeFileSync(join(tree, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost\n');
}
