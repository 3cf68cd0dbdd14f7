/** Every benchmark of the runner, one after another, beside the other runners: `node ci/bench/runner/all.mjs`. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

for (const name of ['start', 'graph', 'fresh']) {
  const words = [resolve(import.meta.dirname, `${name}.mjs`)];
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit', env: { PEERS: '1', ...process.env } });
  if (status !== 0) process.exitCode = 1;
}
