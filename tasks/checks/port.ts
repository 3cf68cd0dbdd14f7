/** Is the application's port free, ours, or whose? */
import type { CheckResult, Engine, Fix, Probe } from 'zx-tasks';
import { findContainers } from '../lib/containers.ts';
import { documented } from '../lib/docs.ts';
import { type EngineName, enginesHere } from '../lib/engines.ts';
import { engineCommand, stopIn } from '../lib/shell-word.ts';
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

const CAUSE = 'the application is published on this port';

async function portIsFree(probe: Probe): Promise<CheckResult> {
  const port = appPort(probe.env);
  if (Number.isNaN(port)) return badPort(probe);
  if (!(await probe.listens(port))) return { outcome: 'pass', summary: `127.0.0.1:${port} is free` };
  const engine = await probe.engine();
  const publisher = engine === undefined ? undefined : await findPublisher(probe, engine, port);
  if (publisher !== undefined) return judge(probe, publisher, port);
  return {
    outcome: 'fail',
    summary: `${(await ownerOf(probe, port)) ?? 'something else'} listens on 127.0.0.1:${port}`,
    cause: CAUSE,
    fixes: [useAnother(port)],
  };
}

/** A container that has the port, and how the engine that runs it is called. */
type Publisher = { readonly container: string; readonly name: EngineName; readonly command: readonly string[] };

/** Of whichever engine: the system names only the helper that holds the port for the container, such as `docker-proxy`. */
async function findPublisher(probe: Probe, engine: Engine, port: number): Promise<Publisher | undefined> {
  const others = (await enginesHere(probe)).filter((name) => name !== engine.name);
  for (const name of [engine.name, ...others]) {
    const command = name === engine.name ? engine.command : asRootCalls(probe, engine, name);
    // One that is paused keeps its port.
    const holding = ['--filter', 'status=running', '--filter', 'status=paused'];
    const ran = await probe.run([...command, 'ps', '-a', ...holding, '--format', '{{.Names}} {{.Ports}}'], {
      timeoutMs: 5_000,
    });
    const row = ran.stdout.split('\n').find((each) => publishes(each, port));
    if (row !== undefined) return { container: row.slice(0, row.indexOf(' ')), name, command };
  }
  return undefined;
}

function asRootCalls(probe: Probe, engine: Engine, name: EngineName): readonly string[] {
  const needsSudo = probe.platform.os === 'linux' && probe.user !== undefined && probe.user.uid !== 0;
  return needsSudo ? ['sudo', '-n', name] : engine.elevate([name]);
}

/** Whether a row ends in `127.0.0.1:8080->8080/tcp` or, of several ports, in `0.0.0.0:8000-8090->8000-8090/tcp`. */
function publishes(row: string, port: number): boolean {
  const published = [...row.matchAll(/:(\d+)(?:-(\d+))?->[\d-]+\/tcp/g)];
  return published.some(([, first, last = first]) => Number(first) <= port && port <= Number(last));
}

async function judge(probe: Probe, publisher: Publisher, port: number): Promise<CheckResult> {
  const { container, name, command } = publisher;
  if (container !== containerNames.app) return ofNobody(publisher, port);
  const root = (await findContainers(probe.run, { command })).find((each) => each.name === container)?.root;
  const isHere = root === undefined || root === probe.root;
  const isOtherEngine = name !== (await probe.engine())?.name;
  if (isHere && !isOtherEngine) return { outcome: 'pass', summary: `127.0.0.1:${port} is served by ${container}` };
  const stop = `${isHere ? 'npx tasks down' : stopIn(root)}${isOtherEngine ? ` --engine=${name}` : ''}`;
  return {
    outcome: 'fail',
    summary: `127.0.0.1:${port} is served by the stack${isHere ? '' : ` of ${root}`}${isOtherEngine ? `, which ${name} runs` : ''}`,
    cause: `only one stack can run on a machine, and ${isHere ? 'another engine' : 'another checkout'} has started it`,
    fixes: [{ about: 'stop that one', command: stop, byHand: true }],
  };
}

function ofNobody({ container, name, command }: Publisher, port: number): CheckResult {
  return {
    outcome: 'fail',
    summary: `\`${container}\`, a container of ${name}, is published on 127.0.0.1:${port}`,
    cause: CAUSE,
    fixes: [
      useAnother(port),
      { about: 'stop that one', command: engineCommand({ command }, 'stop', container), byHand: true },
    ],
  };
}

function useAnother(port: number): Fix {
  const beside = port === 65535 ? port - 1 : port + 1;
  return { about: 'use another port', command: `APP_PORT=${beside} npx tasks up`, byHand: true };
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
