/** Can the profiler write its traces? */
import type { CheckResult, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { asRoot } from '../lib/packages.ts';
import { shellWord } from '../lib/shell-word.ts';
import { tracesFolder } from '../lib/stack.ts';

export const checks = documented([
  {
    id: 'TR001',
    name: 'traces-writable',
    question: 'can the traces be written?',
    group: 'project',
    about: 'The profiler writes container/traces as you, so that the files stay yours.',
    fix: 'creating the folder, or making you its owner',
    run: tracesCanBeWritten,
  },
]);

async function tracesCanBeWritten(probe: Probe): Promise<CheckResult> {
  const folder = `${probe.root}/${tracesFolder}`;
  if (await probe.writable(folder)) return { outcome: 'pass', summary: tracesFolder };
  const isThere = await probe.exists(folder);
  if (await isReadOnly(probe, isThere ? folder : probe.root)) return readOnly(probe.root);
  const user = probe.user === undefined ? '$(id -u)' : `${probe.user.uid}:${probe.user.gid}`;
  return {
    outcome: 'fail',
    summary: `${tracesFolder} ${isThere ? 'belongs to another user' : 'is missing'}`,
    cause: 'the profiler writes the traces there, as you',
    fixes: [
      isThere
        ? { about: 'make it yours', command: asRoot(probe, `chown -R ${user} ${tracesFolder}`) }
        : { about: 'create it', command: `mkdir -p ${tracesFolder}` },
    ],
  };
}

/** By a change of its times, which the system refuses with its reason. */
async function isReadOnly(probe: Probe, path: string): Promise<boolean> {
  const tried = await probe.run(['env', 'LC_ALL=C', 'touch', '-c', path]);
  return tried.code !== 0 && /read-only file system/i.test(tried.stderr);
}

function readOnly(root: string): CheckResult {
  return {
    outcome: 'fail',
    summary: `${root} is on a file system that is mounted read-only`,
    cause: 'the profiler writes the traces into the checkout, and the tasks what they remember',
    fixes: [
      { about: 'use a copy in a folder that can be written', command: `cp -R ${shellWord(root)} ~/`, byHand: true },
    ],
  };
}
