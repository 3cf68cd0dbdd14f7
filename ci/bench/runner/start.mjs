/** How long a start takes, and how much memory: `node ci/bench/runner/start.mjs [ROUNDS]`, with `PEERS=1` beside others. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compare, floor, peakMiB, tasks, withFolder } from './measure.mjs';
import { installPeers } from './peers.mjs';
import { writeTasks } from './projects.mjs';

const rounds = Number(process.argv[2] ?? 21);
/** What Node itself takes to start one shell and read what it prints. */
const spawnOnce = `const options = { stdio: ['ignore', 'pipe', 'pipe'] };
const child = require('node:child_process').spawn('/bin/sh', ['-c', 'true'], options);
child.stdout.resume();
child.stderr.resume();
`;
const terminal = ['python3', resolve(import.meta.dirname, 'terminal.py')];

await withFolder(async (folder) => {
  const rowsOf = await installPeers(folder);
  const project = (name) => {
    const path = join(folder, name);
    mkdirSync(path);
    writeTasks(path, { nothing: [] });
    return path;
  };
  const cwd = project('one');
  const list = { name: 'tasks --list', command: [...tasks, '--list'], cwd, bar: 1.4 };
  const one = { name: 'tasks nothing', command: [...tasks, 'nothing'], cwd, bar: 1.6 };
  const node = { name: 'node -e 0', command: floor, cwd };
  writeFileSync(join(cwd, 'spawn.cjs'), spawnOnce);
  const bare = { name: 'a bare spawn', command: [process.execPath, 'spawn.cjs'], cwd };
  await compare('one task', [node, list, one, bare, ...(await rowsOf(cwd, 'nothing'))], rounds);

  const watched = { cwd: project('terminal'), timedBy: 'output' };
  const onTerminal = [
    { name: 'node -e 0', command: [...terminal, ...floor], ...watched },
    {
      name: 'tasks nothing, with the live list',
      command: [...terminal, ...tasks, 'nothing', '--output=list'],
      ...watched,
      bar: 2.8,
    },
  ];
  await compare('on a terminal', onTerminal, rounds);
  for (const row of [node, list, one])
    console.log(`${row.name.padEnd(28)}${(await peakMiB(row)).toFixed(1).padStart(10)} MiB  bar 50`);
});
