/** The compiled probe, and the profiler as plain JavaScript: made anew where they are not of what lies here now. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.ts';

const output = join(root, 'bpf/.output');
export const object = join(output, 'http_probe.o');
export const program = join(output, 'profiler.mjs');

/** Says of what the object was compiled, and of which bytes it is: others write there, too. */
const madeOf = `${object}.made-of`;
/** What is compiled, with what it includes, and the types of the kernel. */
const FOLDERS = [join(root, 'bpf'), '/usr/include/bpf'];
const TYPES = '/sys/kernel/btf/vmlinux';
const SETTINGS = ['ARCH', 'BPFTOOL', 'BTF', 'CLANG', 'LLVM_STRIP', 'VMLINUX_H'];

let isBuilt = false;

/** Once for each file of tests. To compile the probe takes as long as most files; to see that it need not be, as good as nothing. */
export function buildProbe(): void {
  if (isBuilt) return;
  const before = ingredients();
  if (read(madeOf).toString() !== digest([before, read(object)])) {
    execFileSync('sh', [join(root, 'bpf/build.sh')], { stdio: 'pipe', env: { ...process.env, OUT: object } });
    writeFileSync(madeOf, digest([before, read(object)]));
  }
  bundle();
  isBuilt = true;
}

function ingredients(): string {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [join(folder, entry.name)] : [])),
  );
  // Where there is none, the build says so.
  const compiler = spawnSync(process.env.CLANG ?? 'clang', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return digest([
    ...files.sort().flatMap((path) => [path, read(path)]),
    ...SETTINGS.map((name) => `${name}=${process.env[name] ?? ''}`),
    compiler,
    read(TYPES),
  ]);
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
