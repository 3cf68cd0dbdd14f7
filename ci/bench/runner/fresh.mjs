/**
 * Measures what finding nothing to do costs, against `node -e 0` in the same rounds, and how fast inputs are read, against
 * sha256sum on the same files. `node ci/bench/runner/fresh.mjs [ROUNDS]`; prints medians.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const bin = resolve(import.meta.dirname, '../../../tasks/runner/bin.cjs');
const rounds = Number(process.argv[2] ?? 11);
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'bench-'));

try {
  for (const [count, bar] of [
    [1_000, 1.6],
    [10_000, 3.5],
    [50_000, 9.5],
  ])
    await measureNothingToDo(count, bar);
  await measureColdHash(1024);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measureNothingToDo(count, bar) {
  const project = makeProject(`files-${count}`);
  for (let index = 0; index < count; index++) {
    const part = join(project, 'src', `part${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(part, { recursive: true });
    writeFileSync(join(part, `file${index}.c`), `${index}\n`.padEnd(1024, 'x'));
  }
  for (let run = 0; run < 3; run++) await runIn(project, [bin, 'build']);
  const cases = { node: ['-e', '0'], list: [bin, '--list'], build: [bin, 'build'] };
  const times = { node: [], list: [], build: [] };
  const peaks = [];
  for (let round = 0; round < rounds; round++) {
    for (const [name, words] of Object.entries(cases)) {
      const { ms, peakMiB } = await runIn(project, words);
      times[name].push(ms);
      if (name === 'build') peaks.push(peakMiB);
    }
  }
  const floor = median(times.node);
  const ratio = (name) => (median(times[name]) / floor).toFixed(2);
  console.log(
    `${count} inputs, nothing to do: ${ratio('build')} × node (bar ${bar}), ${Math.round(median(times.build))} ms,` +
      ` up to ${Math.max(...peaks)} MiB; --list ${ratio('list')} ×; node -e 0 ${Math.round(floor)} ms`,
  );
}

async function measureColdHash(megabytes) {
  const project = makeProject('cold');
  mkdirSync(join(project, 'src'));
  const piece = Buffer.alloc(1024 * 1024);
  for (let file = 0; file < 16; file++) {
    for (let at = 0; at < piece.length; at += 4) piece.writeUInt32LE((file * 2_654_435_761 + at) >>> 0, at);
    const path = join(project, 'src', `${file}.bin`);
    writeFileSync(path, '');
    for (let part = 0; part < megabytes / 16; part++) writeFileSync(path, piece, { flag: 'a' });
  }
  const times = { tasks: [], sum: [] };
  for (let round = 0; round < Math.min(5, rounds); round++) {
    times.sum.push((await runIn(project, ['-c', 'sha256sum src/*'], '/bin/sh')).ms);
    rmSync(join(project, '.tasks'), { recursive: true, force: true });
    times.tasks.push((await runIn(project, [bin, 'build'])).ms);
  }
  const ratio = median(times.sum) / median(times.tasks);
  console.log(
    `${megabytes} MiB of inputs read for the first time, one core each: ${Math.round(ratio * 100)} % of sha256sum's speed (bar 70 %),` +
      ` ${Math.round(median(times.tasks))} ms against ${Math.round(median(times.sum))} ms`,
  );
}

function makeProject(name) {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(
    join(project, 'tasks.config.yaml'),
    "version: 1\ntasks:\n  build: { inputs: ['src/**'], run: 'true' }\n",
  );
  return project;
}

/** Runs a program to its end. The peak is read while it runs: the kernel counts it, so the last look is nearly the last word. */
function runIn(cwd, words, program = process.execPath) {
  return new Promise((settle, fail) => {
    const started = performance.now();
    const child = spawn(program, words, { cwd, env, stdio: 'ignore' });
    let peakMiB = 0;
    const timer = setInterval(() => {
      peakMiB = Math.max(peakMiB, peakOf(child.pid));
    }, 2);
    child.once('exit', (code) => {
      clearInterval(timer);
      if (code === 0) settle({ ms: performance.now() - started, peakMiB });
      else fail(new Error(`${words.join(' ')} ended with ${code}`));
    });
  });
}

function peakOf(pid) {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
