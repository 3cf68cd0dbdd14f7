/** What 100 tasks that do nothing take: `node ci/bench/runner/graph.mjs [ROUNDS]`, with `PEERS=1` beside others. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, floor, tasks, withFolder } from './measure.mjs';
import { installPeers } from './peers.mjs';
import { writeTasks } from './projects.mjs';

const rounds = Number(process.argv[2] ?? 11);
const count = 100;
/** Those that take seconds for 100 tasks are left to `start.mjs`. */
const only = ['make', 'just', 'deno', 'mise', 'hereby'];
/** What Node takes to start as many shells, so many at a time, without a runner. */
const loop = `let left = ${count};
let running = 0;
const go = () => {
  for (; running < Number(process.argv[2]) && left > 0; left--, running++) {
    const options = { stdio: ['ignore', 'pipe', 'pipe'] };
    const child = require('node:child_process').spawn('/bin/sh', ['-c', 'true'], options);
    child.stdout.resume();
    child.stderr.resume();
    child.once('close', () => { running--; go(); });
  }
};
go();
`;

await withFolder(async (folder) => {
  const rowsOf = await installPeers(folder);
  const names = Array.from({ length: count }, (_, index) => `t${index}`);
  const chain = Object.fromEntries(names.map((name, index) => [name, index === 0 ? [] : [`t${index - 1}`]]));
  const fan = { ...Object.fromEntries(names.map((name) => [name, []])), all: names };
  await measure('chained', { graph: chain, task: `t${count - 1}`, atATime: 1, bar: 7 });
  await measure('independent', { graph: fan, task: 'all', atATime: 2, bar: 6 });

  async function measure(name, { graph, task, atATime, bar }) {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    writeTasks(cwd, graph);
    writeFileSync(join(cwd, 'loop.cjs'), loop);
    const rows = [
      { name: 'node -e 0', command: floor, cwd },
      { name: `tasks ${task}`, command: [...tasks, task], cwd, bar },
      { name: 'an empty loop', command: [process.execPath, 'loop.cjs', String(atATime)], cwd },
      ...(await rowsOf(cwd, task, { only })),
    ];
    const [, ours, bare] = await compare(`${count} tasks, ${name}`, rows, rounds);
    console.log(`tasks takes ${(ours / bare).toFixed(2)} x the empty loop`);
  }
});
