/** Waiting until the stack is truly ready: the application answers, and the probe is attached. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, type Engine, TaskFailure } from 'zx-tasks';
import { findContainers } from './containers.ts';
import { request } from './http.ts';
import { appPort, containerNames, type Service, tracesFolder } from './stack.ts';
import { profilerFile } from './trace-files.ts';

const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;
const LINES_SHOWN = 20;

/** What the profiler says of itself in profiler.json. */
export type ProfilerState = {
  readonly state: 'attached' | 'paused' | 'failed';
  readonly tier?: string;
  readonly kernel?: string;
  readonly why?: string;
  readonly counters?: Readonly<Record<string, number>>;
};

/** Resolves when both are ready; fails with the container's last lines when one ends or the time is over. */
export async function waitUntilReady(context: Context, engine: Engine): Promise<void> {
  const deadline = context.now() + READY_WITHIN_MS;
  let waitingFor: Service | undefined = 'app';
  let why = '';
  while (waitingFor !== undefined) {
    const [service, reason] = await firstNotReady(context);
    waitingFor = service;
    why = reason;
    if (service === undefined) break;
    const ended = (await findContainers(context.run, engine)).find((each) => each.state !== 'running');
    const isOver = context.now() > deadline;
    if (ended !== undefined) return failWithLog(context, engine, ended.service, `ended with code ${ended.exitCode}`);
    if (isOver)
      return failWithLog(context, engine, service, `was not ready within ${READY_WITHIN_MS / 1000} s: ${why}`);
    await context.sleep(ASK_EVERY_MS);
  }
  const state = await readProfilerState(context);
  context.log(
    `http://localhost:${appPort(context.env)}/users answers; the probe is attached (tier ${state?.tier}, kernel ${state?.kernel})`,
  );
}

async function firstNotReady(context: Context): Promise<[Service | undefined, string]> {
  const health = await request({
    port: appPort(context.env),
    path: '/health',
    headers: { 'user-agent': 'tasks-ready' },
  });
  if (health.status !== 204) return ['app', health.problem ?? `GET /health answers ${health.status}`];
  const state = await readProfilerState(context);
  const isThere = state?.state === 'attached' || state?.state === 'paused';
  return isThere ? [undefined, ''] : ['profiler', state?.why ?? 'it has not said that it is attached'];
}

/** Undefined while the file is empty or being rewritten. */
export async function readProfilerState(context: Pick<Context, 'root'>): Promise<ProfilerState | undefined> {
  try {
    return JSON.parse(await readFile(join(context.root, tracesFolder, profilerFile), 'utf8')) as ProfilerState;
  } catch (error) {
    const notYet = error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (notYet) return undefined;
    throw error;
  }
}

async function failWithLog(context: Context, engine: Engine, service: Service, what: string): Promise<never> {
  const logs = await context.run([...engine.command, 'logs', '--tail', String(LINES_SHOWN), containerNames[service]]);
  const lines = `${logs.stdout}\n${logs.stderr}`.split('\n').filter((line) => line.trim() !== '');
  context.log(`the last lines of ${containerNames[service]}:`);
  for (const line of lines.slice(-LINES_SHOWN)) context.log(`  ${line}`);
  throw new TaskFailure(`\`${containerNames[service]}\` ${what}`, {
    remedy: service === 'app' ? 'npx tasks logs app' : 'npx tasks doctor',
  });
}
