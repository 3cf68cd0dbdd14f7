/** Is the application's port free, ours, or whose? */
import type { CheckResult, Probe } from 'zx-tasks';
import { findContainers } from '../lib/containers.ts';
import { documented } from '../lib/docs.ts';
import { stopIn } from '../lib/shell-word.ts';
import { appPort, containerNames } from '../lib/stack.ts';

export const checks = documented([
  {
    id: 'PT001',
    name: 'app-port',
    question: "is the application's port free, or used by this stack?",
    group: 'project',
    needs: ['EN002'],
    about: 'The application is published on 127.0.0.1:8080, or on the port that APP_PORT names.',
    fix: 'another port, or ending what uses this one',
    run: portIsFree,
  },
]);

/** A container that is paused keeps its port. */
const HOLDING: readonly string[] = ['running', 'paused'];

async function portIsFree(probe: Probe): Promise<CheckResult> {
  const port = appPort(probe.env);
  if (Number.isNaN(port)) return badPort(probe);
  if (!(await probe.listens(port))) return { outcome: 'pass', summary: `127.0.0.1:${port} is free` };
  const engine = await probe.engine();
  const stack = engine === undefined ? [] : await findContainers(probe.run, engine);
  const holder = stack.find((each) => each.name === containerNames.app && HOLDING.includes(each.state));
  const isOurs = holder !== undefined && (holder.root === undefined || holder.root === probe.root);
  if (isOurs) return { outcome: 'pass', summary: `127.0.0.1:${port} is served by ${holder.name}` };
  if (holder?.root !== undefined) return otherCheckout(port, holder.root);
  return {
    outcome: 'fail',
    summary: `${(await ownerOf(probe, port)) ?? 'something else'} listens on 127.0.0.1:${port}`,
    cause: 'the application is published on this port',
    fixes: [{ about: 'use another port', command: `APP_PORT=${besides(port)} npx tasks up`, byHand: true }],
  };
}

function besides(port: number): number {
  return port === 65535 ? port - 1 : port + 1;
}

function otherCheckout(port: number, root: string): CheckResult {
  return {
    outcome: 'fail',
    summary: `127.0.0.1:${port} is served by the stack of ${root}`,
    cause: 'only one stack can run on a machine, and another checkout has started it',
    fixes: [{ about: 'stop that one', command: stopIn(root), byHand: true }],
  };
}

/** `node (pid 4711)`; undefined where the process belongs to somebody else, or no tool can tell. */
async function ownerOf(probe: Probe, port: number): Promise<string | undefined> {
  const isMac = probe.platform.os === 'darwin';
  const command = isMac
    ? ['lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']
    : ['ss', '-H', '-ltnp', `sport = :${port}`];
  const { stdout } = await probe.run(command, { timeoutMs: 5_000 });
  const found = isMac
    ? /^p(?<pid>\d+)\nc(?<name>.+)$/m.exec(stdout)
    : /users:\(\("(?<name>[^"]+)",pid=(?<pid>\d+)/.exec(stdout);
  return found === null ? undefined : `\`${found.groups?.name}\` (pid ${found.groups?.pid})`;
}

function badPort(probe: Probe): CheckResult {
  return {
    outcome: 'fail',
    summary: `APP_PORT is \`${probe.env.APP_PORT}\`, which is not a port number`,
    cause: 'a port is a whole number from 1 to 65535',
    // What `.env` says gives way to this, and would survive an `unset`.
    fixes: [{ about: 'use the default', command: 'export APP_PORT=8080', byHand: true }],
  };
}
