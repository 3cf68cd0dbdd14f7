/** Runs commands in turn, so that what else the machine does meets all alike, and compares their medians with a floor's. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// Set, it triples the start of Node 20, and so would flatter every ratio.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
const warmUps = 8;

/** How the runner is started: as its bin does it, without npx. */
export const tasks = [process.execPath, resolve(import.meta.dirname, '../../../tasks/runner/bin.cjs')];
export const floor = [process.execPath, '-e', '0'];

/** Calls back with a folder that is gone afterwards. */
export async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Measures rows of `{ name, command, cwd, env, bar, timedBy }` and prints each one's median in ms, the ratio of the medians
 * to that of the first row, and where there is a bar whether it is met. `timedBy: 'output'` takes the ms that a command prints.
 */
export async function compare(title, rows, rounds) {
  const times = new Map(rows.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const row of rows) {
      const ms = await timeOf(row);
      if (round >= 0) times.get(row.name).push(ms);
    }
  }
  const medians = rows.map(({ name }) => median(times.get(name)));
  console.log(`\n${title} (Node ${process.version}, ${rounds} rounds, medians)`);
  for (const [index, { name, bar }] of rows.entries()) {
    const ratio = medians[index] / medians[0];
    const verdict = bar === undefined ? '' : `  bar ${bar}${ratio <= bar ? '' : ', not met'}`;
    console.log(
      `${name.padEnd(28)}${medians[index].toFixed(1).padStart(10)} ms${ratio.toFixed(2).padStart(9)} x${verdict}`,
    );
  }
  return medians;
}

async function timeOf(row) {
  const startedMs = performance.now();
  const output = await run(row);
  return row.timedBy === 'output' ? Number(output) : performance.now() - startedMs;
}

/** Runs a command to its end and gives what it printed. */
export function run({ command: [program, ...words], cwd, env = {}, timedBy }, onStart = () => undefined) {
  return new Promise((settle, fail) => {
    const stdio = ['ignore', timedBy === 'output' ? 'pipe' : 'ignore', 'ignore'];
    const child = spawn(program, words, { cwd, env: { ...environment, ...env }, stdio });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    onStart(child);
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) settle(output);
      else fail(new Error(`\`${program} ${words.join(' ')}\` ended with ${code}`));
    });
  });
}

/** The most memory that a command has held, in MiB, of three runs. It is looked at every ms. */
export async function peakMiB(row) {
  const peaks = [];
  for (let round = 0; round < 3; round++) {
    let timer;
    await run(row, (child) => {
      timer = setInterval(() => peaks.push(peakOf(child.pid)), 1);
    }).finally(() => clearInterval(timer));
  }
  return Math.max(...peaks);
}

function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
