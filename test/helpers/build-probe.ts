/** The compiled probe, and the profiler as plain JavaScript: made anew where they are not of what lies here now. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.ts';

const output = join(root, 'bpf/.output');
export const object = join(output, 'http_probe.o');
export const program = join(output, 'profiler.mjs');

/** What is compiled, with what it includes, and the types of the kernel. */
const FOLDERS = [join(root, 'bpf'), '/usr/include/bpf'];
const TYPES = '/sys/kernel/btf/vmlinux';
const SETTINGS = ['ARCH', 'BPFTOOL', 'BTF', 'CLANG', 'LLVM_STRIP', 'VMLINUX_H'];
const profiler = join(root, 'container/profiler/src');

let isBuilt = false;

/** Once for each file of tests. To compile the probe takes as long as most files; to see that it need not be, as good as nothing. */
export function buildProbe(): void {
  if (isBuilt) return;
  makeUnlessThere(object, [...FOLDERS.flatMap(filesIn), ...surroundings()], compile);
  makeUnlessThere(program, [read(join(root, 'package-lock.json')), ...filesIn(profiler)], bundle);
  isBuilt = true;
}

/** Beside it stands of what it was made, and which bytes it is: others write there, too. */
function makeUnlessThere(path: string, ingredients: readonly (string | Buffer)[], make: () => void): void {
  const before = digest(ingredients);
  const state = () => digest([before, read(path)]);
  if (read(`${path}.made-of`).toString() === state()) return;
  make();
  writeFileSync(`${path}.made-of`, state());
}

/** Names and contents, but for what is made. */
function filesIn(folder: string): readonly (string | Buffer)[] {
  // Where the headers of libbpf are not installed, the build says so.
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.startsWith(output));
  return paths.sort().flatMap((path) => [path, read(path)]);
}

function surroundings(): readonly (string | Buffer)[] {
  // Where there is none, the build says so.
  const { CLANG = 'clang', LLVM_STRIP = 'llvm-strip', BPFTOOL = 'bpftool', BTF = TYPES, VMLINUX_H = '' } = process.env;
  const version = (program: string) => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const programs = [CLANG, LLVM_STRIP, BPFTOOL].map(version);
  return [...SETTINGS.map((name) => `${name}=${process.env[name] ?? ''}`), ...programs, read(BTF), read(VMLINUX_H)];
}

function compile(): void {
  execFileSync('sh', [join(root, 'bpf/build.sh')], { stdio: 'pipe', env: { ...process.env, OUT: object } });
}

/** Each part's length keeps it apart from the next. */
function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** Empty where there is none. */
function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.of();
  }
}

/** A loader that translates modules would take twice the processor of what the image's Node takes. */
function bundle(): void {
  const fresh = `${program}.${process.pid}.mjs`;
  const source = join(root, 'container/profiler/src/main.ts');
  const options = ['--external', 'koffi', '--platform', 'node', '--format', 'esm', '--file', fresh];
  execFileSync(join(root, 'node_modules/.bin/rolldown'), [source, ...options], { stdio: 'pipe' });
  renameSync(fresh, program);
}
