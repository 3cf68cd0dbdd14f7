/**
 * `npm test`: makes the machine ready, as `doctor --fix` does, then checks types and style and runs every test.
 * Ends with 4 and the command to run where the system is not Linux, or the machine is not ready and nobody may mend it.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const tasks = [process.execPath, join(root, 'tasks', 'launch.cjs')];

const isRoot = process.getuid?.() === 0;
const maySudo = isRoot || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;

const steps = [
  ['the machine', [...tasks, 'doctor', '--strict', ...(maySudo ? ['--fix'] : [])]],
  ['types', [bin('tsc'), '-p', '.']],
  ['style', [bin('biome'), 'ci', '.']],
  ['tests', [bin('vitest'), 'run', ...process.argv.slice(2)]],
];

if (process.platform !== 'linux') {
  console.error('npm test: the whole suite needs Linux; here run `npx vitest run --project pure test/checks`');
  process.exit(4);
}
for (const [what, [program, ...args]] of steps) {
  const started = Date.now();
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  console.log(
    `npm test: ${what}: ${status === 0 ? 'passed' : `failed (${status})`} after ${Math.round((Date.now() - started) / 1000)} s`,
  );
  if (status !== 0) {
    if (what === 'the machine' && !maySudo)
      console.error('npm test: run `sudo npx tasks doctor --strict --fix`, or `sudo -v` and again');
    process.exitCode = status ?? 1;
    break;
  }
}
