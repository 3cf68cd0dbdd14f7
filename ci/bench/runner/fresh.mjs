/**
 * What finding nothing to do takes, and how fast inputs are read for the first time beside sha256sum on one core each:
 * `node ci/bench/runner/fresh.mjs [ROUNDS]`, with `PEERS=1` beside others.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, floor, median, peakMiB, run, tasks, withFolder } from './measure.mjs';
import { installPeers } from './peers.mjs';
import { writeInputs } from './projects.mjs';

const rounds = Number(process.argv[2] ?? 11);
const bars = { 1000: 1.6, 10000: 3.5, 50000: 9.5 };
/** moon and nx take longer than all others together. */
const onlyQuick = ['make', 'deno', 'mise', 'turbo'];
const only = [...onlyQuick, 'wireit', 'moon', 'nx'];

await withFolder(async (folder) => {
  const rowsOf = await installPeers(folder);
  for (const [count, bar] of Object.entries(bars)) {
    const cwd = join(folder, `files-${count}`);
    mkdirSync(cwd);
    writeInputs(cwd, Number(count));
    const build = { name: 'tasks build', command: [...tasks, 'build'], cwd, bar };
    const others = await rowsOf(cwd, 'build', { only: count === '1000' ? only : onlyQuick });
    await compare(
      `${count} inputs, nothing to do`,
      [{ name: 'node -e 0', command: floor, cwd }, build, ...others],
      rounds,
    );
    console.log(`tasks held ${(await peakMiB(build)).toFixed(1)} MiB${count === '50000' ? '  bar 100' : ''}`);
    rmSync(cwd, { recursive: true });
  }
  await measureColdHash(folder, 1024);
});

async function measureColdHash(folder, megabytes) {
  const cwd = join(folder, 'cold');
  mkdirSync(cwd);
  writeInputs(cwd, 0);
  mkdirSync(join(cwd, 'src'));
  const piece = Buffer.alloc(1024 * 1024);
  for (let file = 0; file < 16; file++) {
    for (let at = 0; at < piece.length; at += 4) piece.writeUInt32LE((file * 2_654_435_761 + at) >>> 0, at);
    const path = join(cwd, 'src', `${file}.bin`);
    for (let part = 0; part < megabytes / 16; part++) writeFileSync(path, piece, { flag: 'a' });
  }
  const pinned = ['taskset', '-c', '0'];
  const times = { tasks: [], sum: [] };
  const timed = async (command) => {
    const startedMs = performance.now();
    await run({ command: [...pinned, ...command], cwd });
    return performance.now() - startedMs;
  };
  execFileSync('sh', ['-c', 'cat src/* > /dev/null'], { cwd });
  for (let round = 0; round < 5; round++) {
    times.sum.push(await timed(['sh', '-c', 'sha256sum src/* > /dev/null']));
    rmSync(join(cwd, '.tasks'), { recursive: true, force: true });
    times.tasks.push(await timed([...tasks, 'build']));
  }
  const ratio = median(times.sum) / median(times.tasks);
  console.log(
    `\n${megabytes} MiB of inputs read for the first time, one core each: ${Math.round(ratio * 100)} % of sha256sum's speed` +
      `  bar 70 %${ratio >= 0.7 ? '' : ', not met'} (${Math.round(median(times.tasks))} ms, ${Math.round(median(times.sum))} ms)`,
  );
}
