// Times 100 tasks that do nothing, one after another and side by side, as ratios to `node -e 0`: `node ci/bench/runner/graph.mjs [rounds]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const rounds = Number(process.argv[2] ?? 15);
const count = 100;
const cli = resolve(import.meta.dirname, '../../../tasks/runner/bin.cjs');
// Set, it more than doubles the start of Node 20 and so would flatter every ratio.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'graph-'));

try {
  writeFileSync(join(folder, 'tasks.config.yaml'), config());
  writeFileSync(join(folder, 'Makefile'), makefile());
  report(measure(commands()));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function config() {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const chained = numbers.map((n) => `  c${n}: { run: 'true'${n === 0 ? '' : `, needs: [c${n - 1}]`} }`);
  const independent = numbers.map((n) => `  i${n}: { run: 'true' }`);
  const all = `  all: { needs: [${numbers.map((n) => `i${n}`).join(', ')}] }`;
  return ['version: 1', 'tasks:', ...chained, ...independent, all, ''].join('\n');
}

function makefile() {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const rule = (name, needs) => `.PHONY: ${name}\n${name}: ${needs}\n\t@sh -c true\n`;
  const chained = numbers.map((n) => rule(`c${n}`, n === 0 ? '' : `c${n - 1}`));
  const independent = numbers.map((n) => rule(`i${n}`, ''));
  return [...chained, ...independent, `all: ${numbers.map((n) => `i${n}`).join(' ')}\n`].join('');
}

function commands() {
  const last = `c${count - 1}`;
  const hasMake = spawnSync('make', ['--version']).status === 0;
  return {
    'node -e 0': [process.execPath, '-e', '0'],
    'tasks chained': [process.execPath, cli, last, '--output=plain'],
    'tasks independent': [process.execPath, cli, 'all', '--output=plain'],
    'tasks one': [process.execPath, cli, 'c0', '--output=plain'],
    ...(hasMake ? { 'make chained': ['make', last], 'make independent': ['make', '-j2', 'all'] } : {}),
  };
}

/** Every command once in each round, so that what else the machine does hits them all. */
function measure(all) {
  const times = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, [program, ...words]] of Object.entries(all)) {
      const start = performance.now();
      const { status, stderr } = spawnSync(program, words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const took = performance.now() - start;
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      const isWarmUp = round === -1;
      if (!isWarmUp) times[name].push(took);
    }
  }
  return times;
}

function report(times) {
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const floor = median(times['node -e 0']);
  console.log(`Node ${process.version}, ${rounds} rounds, medians`);
  for (const [name, list] of Object.entries(times)) {
    const ratios = list.map((took, index) => took / times['node -e 0'][index]);
    const columns = [
      name.padEnd(20),
      `${median(list).toFixed(1)} ms`.padStart(10),
      `${(median(list) / floor).toFixed(2)} ×`.padStart(9),
      `${median(ratios).toFixed(2)} × by round`.padStart(18),
    ];
    console.log(columns.join(''));
  }
}
