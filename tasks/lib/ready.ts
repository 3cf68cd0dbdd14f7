/** Waiting until the stack is truly ready: the application answers, and the probe is attached. */
import { type Context, type Engine, TaskFailure } from 'zx-tasks';
import { findContainers } from './containers.ts';
import { request } from './http.ts';
import { explainKill } from './killed.ts';
import { readProfilerState } from './profiler-state.ts';
import { appPort, containerNames, type Service, services } from './stack.ts';

const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;
const LINES_SHOWN = 20;

/** Resolves when both are ready; fails with the container's last lines when one ends or the time is over. */
export async function waitUntilReady(context: Context, engine: Engine): Promise<void> {
  const deadline = context.now() + READY_WITHIN_MS;
  for (let missing = await findMissing(context); missing !== undefined; missing = await findMissing(context)) {
    const containers = await findContainers(context.run, engine);
    const ended = containers.find((each) => each.state !== 'running');
    if (ended !== undefined)
      return failWithLog(context, engine, {
        service: ended.service,
        ...(explainKill(ended) ?? { why: `ended with code ${ended.exitCode}` }),
      });
    const gone = services.find((service) => !containers.some((each) => each.service === service));
    if (gone !== undefined)
      throw new TaskFailure(`\`${containerNames[gone]}\` was removed before it was ready, perhaps by a \`down\``, {
        remedy: 'npx tasks up',
      });
    const why = `was not ready within ${READY_WITHIN_MS / 1000} s: ${missing.why}`;
    if (context.now() > deadline) return failWithLog(context, engine, { ...missing, why });
    await context.sleep(ASK_EVERY_MS);
  }
  const state = await readProfilerState(context);
  context.log(
    `http://localhost:${appPort(context.env)}/users answers; the probe is attached (tier ${state?.tier}, kernel ${state?.kernel})`,
  );
}

type Missing = { readonly service: Service; readonly why: string; readonly remedy?: string };

/** The first that is not ready. */
async function findMissing(context: Context): Promise<Missing | undefined> {
  const port = appPort(context.env);
  const health = await request({ port, path: '/health', headers: { 'user-agent': 'tasks-ready' } });
  if (health.status !== 204) return { service: 'app', why: health.problem ?? `GET /health answers ${health.status}` };
  const state = await readProfilerState(context);
  if (state?.state === 'attached' || state?.state === 'paused') return undefined;
  return { service: 'profiler', why: state?.why ?? 'it has not reported that it is attached' };
}

async function failWithLog(context: Context, engine: Engine, { service, why, remedy }: Missing): Promise<never> {
  const logs = await context.run([...engine.command, 'logs', '--tail', String(LINES_SHOWN), containerNames[service]]);
  const lines = `${logs.stdout}\n${logs.stderr}`.split('\n').filter((line) => line.trim() !== '');
  context.log(
    lines.length === 0 ? `${containerNames[service]} printed nothing` : `the last lines of ${containerNames[service]}:`,
  );
  for (const line of lines.slice(-LINES_SHOWN)) context.log(`  ${line}`);
  throw new TaskFailure(`\`${containerNames[service]}\` ${why}`, {
    // The container goes with what this run has started, so that there is no more of it to be looked at.
    remedy:
      remedy ?? (service === 'app' ? 'npx tasks up  # when what its lines above say is mended' : 'npx tasks doctor'),
  });
}
