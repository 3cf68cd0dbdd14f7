// How long a start takes, as ratios to `node -e 0`: `node ci/bench/runner/start.mjs [rounds]`. Peers that are on PATH, or that
// `PEERS=1` installs into a temporary folder from npm, run in the same rounds, so that noise meets all alike.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const rounds = Number(process.argv[2] ?? 21);
const warmUps = 6;
const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
const tasks = [process.execPath, resolve(import.meta.dirname, '../../../tasks/runner/bin.cjs')];
const pty = ['python3', resolve(import.meta.dirname, '../../../test/helpers/terminal.py'), '80', '30'];
// What a certificate file costs is Node's own affair, and hides the rest.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

writeFileSync(join(folder, 'tasks.config.yaml'), "version: 1\ntasks:\n  t: { about: does nothing, run: 'true' }\n");
writeFileSync(join(folder, 'Makefile'), 't:\n\t@true\n');
writeFileSync(join(folder, 'justfile'), 't:\n  @true\n');
writeFileSync(join(folder, 'deno.json'), '{ "tasks": { "t": "true" } }');
writeFileSync(
  join(folder, 'Herebyfile.mjs'),
  "import { task } from 'hereby';\nexport const t = task({ name: 't', run: async () => {} });\n",
);
writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "private": true, "scripts": { "t": "true" } }');
mkdirSync(join(folder, 'node_modules'));

const rows = {
  'node -e 0': [process.execPath, '-e', '0'],
  'tasks --list': [...tasks, '--list'],
  'tasks t': [...tasks, 't'],
  'node -e 0, terminal': [...pty, process.execPath, '-e', '0'],
  'tasks t, live list': [...pty, ...tasks, 't'],
  ...peers(),
};

const results = new Map(Object.keys(rows).map((name) => [name, []]));
for (let round = -warmUps; round < rounds; round++) {
  for (const [name, command] of Object.entries(rows)) {
    const tookMs = await run(command);
    if (round >= 0) results.get(name).push(tookMs);
  }
}
const floor = median(results.get('node -e 0'));
const terminalFloor = median(results.get('node -e 0, terminal'));
for (const [name, times] of results) {
  const own = name.includes('live list') ? terminalFloor : floor;
  console.log(`${name.padEnd(24)} ${median(times).toFixed(1).padStart(8)} ms  ${(median(times) / own).toFixed(2)} x`);
}
for (const words of [['--list'], ['t']])
  console.log(`resident memory of tasks ${words}: ${peakMiB([...tasks, ...words]).toFixed(1)} MiB`);
rmSync(folder, { recursive: true, force: true });

function peers() {
  if (process.env.PEERS === '1') {
    const packages = ['rust-just@1.57.0', 'hereby@1.15.2', 'deno@2.9.6'];
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...packages], {
      stdio: 'ignore',
      env,
    });
  }
  const candidates = {
    'make t': ['make', '-s', 't'],
    'just t': [join(folder, 'node_modules/.bin/just'), 't'],
    'deno task t': [join(folder, 'node_modules/.bin/deno'), 'task', '-q', 't'],
    'hereby t': [join(folder, 'node_modules/.bin/hereby'), 't'],
  };
  return Object.fromEntries(Object.entries(candidates).filter(([, command]) => works(command)));
}

function works(command) {
  try {
    execFileSync(command[0], command.slice(1), { cwd: folder, stdio: 'ignore', env });
    return true;
  } catch {
    return false;
  }
}

function run(command) {
  return new Promise((settle) => {
    const startedMs = performance.now();
    const child = spawn(command[0], command.slice(1), {
      cwd: folder,
      env: { ...env, TERM: 'xterm' },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    child.once('exit', () => settle(performance.now() - startedMs));
  });
}

function peakMiB(command) {
  const script =
    'import resource, subprocess, sys\nsubprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL)\nopen(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))';
  execFileSync('python3', ['-c', script, join(folder, 'peak'), ...command], { cwd: folder, env });
  return Number(readFileSync(join(folder, 'peak'), 'utf8')) / 1024;
}

function median(times) {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
}
