// What the whole doctor costs on a machine that is well, as a ratio to one `podman info`, the slowest thing that it must ask:
// `node ci/bench/doctor/main.mjs [rounds]`. Both run in turn, so that noise meets both alike. Ends with 1 above the limit.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const limit = 4;
const rounds = Number(process.argv[2] ?? 11);
const warmUps = 2;
const root = resolve(import.meta.dirname, '../../..');
const settings = resolve(root, '.tasks/containers.conf');
// The doctor asks podman with this project's settings, where there are any.
const env = { ...process.env, ...(existsSync(settings) ? { CONTAINERS_CONF: settings } : {}) };
const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n', 'env', `CONTAINERS_CONF=${env.CONTAINERS_CONF ?? ''}`];
const info = [...asRoot, 'podman', 'info'];
const doctor = [process.execPath, resolve(root, 'tasks/launch.cjs'), 'doctor'];

const times = { info: [], doctor: [] };
for (let round = -warmUps; round < rounds; round++) {
  const took = { info: run(info), doctor: run(doctor) };
  if (round < 0) continue;
  times.info.push(took.info);
  times.doctor.push(took.doctor);
}
const ratio = median(times.doctor) / median(times.info);
console.log(`podman info   ${median(times.info).toFixed(0).padStart(6)} ms`);
console.log(
  `tasks doctor  ${median(times.doctor).toFixed(0).padStart(6)} ms  ${ratio.toFixed(2)} x (limit ${limit} x, medians of ${rounds})`,
);
process.exitCode = ratio > limit ? 1 : 0;

function run([program, ...words]) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: root, env, encoding: 'utf8' });
  const tookMs = performance.now() - start;
  if (status === 0) return tookMs;
  console.error(
    `error: \`${[program, ...words].join(' ')}\` ended with ${status}: only a machine that is well can be measured\n${stdout}${stderr}`,
  );
  process.exit(2);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
