/** What the checkout itself needs: a free port, a folder that can be written, room on the disk. */
import type { Check, CheckResult, Probe } from 'zx-tasks';
import { findContainers } from '../lib/containers.ts';
import { appPort, containerNames, tracesFolder } from '../lib/stack.ts';

const GIB = 1024 ** 3;
const GIB_LEAST = 1;
const GIB_RECOMMENDED = 4;

export const checks: Check[] = [
  {
    id: 'PT001',
    name: 'app-port',
    question: "is the application's port free, or ours?",
    group: 'project',
    needs: ['EN002'],
    run: portIsFree,
  },
  {
    id: 'TR001',
    name: 'traces-writable',
    question: 'can the traces be written?',
    group: 'project',
    run: tracesCanBeWritten,
  },
  { id: 'DK001', name: 'disk', question: 'is there room on the disk?', group: 'project', run: diskHasRoom },
];

async function portIsFree(probe: Probe): Promise<CheckResult> {
  const port = appPort(probe.env);
  if (Number.isNaN(port)) return badPort(probe);
  if (!(await probe.listens(port))) return { outcome: 'pass', summary: `127.0.0.1:${port} is free` };
  const engine = await probe.engine();
  const stack = engine === undefined ? [] : await findContainers(probe.run, engine);
  const holder = stack.find((each) => each.name === containerNames.app && each.state === 'running');
  if (holder !== undefined) return { outcome: 'pass', summary: `127.0.0.1:${port} is served by ${holder.name}` };
  return {
    outcome: 'fail',
    summary: `something else listens on 127.0.0.1:${port}`,
    cause: 'the application is published on this port',
    fixes: [{ about: 'use another port', command: `APP_PORT=${port + 1} npx tasks up`, byHand: true }],
  };
}

function badPort(probe: Probe): CheckResult {
  return {
    outcome: 'fail',
    summary: `APP_PORT is \`${probe.env.APP_PORT}\`, which is not a port number`,
    cause: 'a port is a whole number from 1 to 65535',
    fixes: [{ about: 'use the default', command: 'unset APP_PORT', byHand: true }],
  };
}

async function tracesCanBeWritten(probe: Probe): Promise<CheckResult> {
  const folder = `${probe.root}/${tracesFolder}`;
  if (await probe.writable(folder)) return { outcome: 'pass', summary: tracesFolder };
  const user = probe.user === undefined ? '$(id -u)' : `${probe.user.uid}:${probe.user.gid}`;
  return {
    outcome: 'fail',
    summary: `${tracesFolder} is missing or belongs to somebody else`,
    cause: 'the profiler writes the traces there, as you',
    fixes: [{ about: 'make it yours', command: `mkdir -p ${tracesFolder} || sudo chown -R ${user} ${tracesFolder}` }],
  };
}

async function diskHasRoom(probe: Probe): Promise<CheckResult> {
  const free = await probe.freeBytes(probe.root);
  if (free === undefined)
    return { outcome: 'could-not-check', summary: `the free space of ${probe.root} cannot be read` };
  const summary = `${(free / GIB).toFixed(1)} GiB free`;
  if (free >= GIB_RECOMMENDED * GIB) return { outcome: 'pass', summary };
  return {
    outcome: free < GIB_LEAST * GIB ? 'fail' : 'warn',
    summary: `${summary}, ${GIB_RECOMMENDED} are recommended`,
    cause: 'the images take about 2 GiB while they are built',
    fixes: [{ about: 'remove images that no container uses', command: 'podman image prune', byHand: true }],
  };
}
