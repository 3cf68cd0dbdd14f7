/** No traces, or not all: which link of the chain is broken? Containers running → files there → probe attached → traffic made → nothing left out → nothing lost. */
import type { Context, Engine } from 'zx-tasks';
import { type Container, findContainers } from './containers.ts';
import { findFilters } from './filters.ts';
import { explainKill } from './killed.ts';
import { readProfilerState } from './profiler-state.ts';
import { engineCommand } from './shell-word.ts';
import { containerNames, type Service, services, tracesFolder } from './stack.ts';
import { findGone } from './trace-files.ts';
import { readLosses } from './trace-lines.ts';
import type { Run } from './traffic.ts';

export type Broken = { readonly link: string; readonly remedy: string };

/** The first broken link and the command that mends it. */
export async function explainMissing(context: Context, engine: Engine, run: Run): Promise<Broken> {
  const containers = await findContainers(context.run, engine);
  return (
    brokenContainer(engine, containers, services) ??
    (await brokenFiles(context)) ??
    (await brokenProbe(context, engine)) ??
    brokenTraffic(run) ??
    (await leftOut(context, engine, containers)) ??
    (await lostOrWrong(context))
  );
}

/** The first of these services that has no container, or none that runs. */
export function brokenContainer(
  engine: Engine,
  containers: readonly Container[],
  wanted: readonly Service[],
): Broken | undefined {
  for (const service of wanted) {
    const container = containers.find((each) => each.service === service);
    if (container === undefined)
      return { link: `the container \`${containerNames[service]}\` does not exist`, remedy: 'npx tasks up' };
    const killed = explainKill(container);
    if (killed !== undefined)
      return { link: `the container \`${container.name}\` ${killed.why}`, remedy: killed.remedy };
    if (container.state !== 'running') {
      const code = container.state === 'exited' ? `, code ${container.exitCode}` : '';
      return {
        link: `the container \`${container.name}\` is not running: ${container.state}${code}`,
        // Which is all that `up` would do.
        remedy: container.state === 'paused' ? engineCommand(engine, 'unpause', container.name) : 'npx tasks up',
      };
    }
  }
  return undefined;
}

async function brokenFiles(context: Context): Promise<Broken | undefined> {
  const gone = await findGone(context.root);
  if (gone.length === 0) return undefined;
  const paths = gone.map((name) => `${tracesFolder}/${name}`).join(' and ');
  return {
    link: `${paths} ${gone.length === 1 ? 'was' : 'were'} removed while the profiler was writing there`,
    remedy: 'npx tasks up',
  };
}

async function brokenProbe(context: Context, engine: Engine): Promise<Broken | undefined> {
  const state = await readProfilerState(context);
  if (state === undefined)
    return { link: 'the profiler has not reported that its probe is attached', remedy: 'npx tasks logs profiler' };
  if (state.state === 'paused') {
    return {
      link: 'the probe is not attached: capture is paused',
      remedy: engineCommand(engine, 'kill', '--signal', 'USR2', containerNames.profiler),
    };
  }
  if (state.state === 'failed') return { link: `the probe is not attached: ${state.why}`, remedy: 'npx tasks doctor' };
  return undefined;
}

function brokenTraffic(run: Run): Broken | undefined {
  const unanswered = run.sent.find((sent) => sent.status === null);
  if (unanswered === undefined) return undefined;
  return {
    link: `there was no HTTP traffic: ${unanswered.method} ${unanswered.target} got no answer (${unanswered.problem ?? 'no reason'})`,
    remedy: 'npx tasks logs app',
  };
}

async function leftOut(
  context: Context,
  engine: Engine,
  containers: readonly Container[],
): Promise<Broken | undefined> {
  const [app, profiler] = services.map((service) => containers.find((each) => each.service === service));
  const filters = app && profiler ? await findFilters(context, engine, { app, profiler }) : [];
  if (filters.length === 0) return undefined;
  const set = filters.map(({ name, value }) => `\`${name}=${value}\``).join(' and ');
  return {
    link: `the profiler runs with ${set}, which ${filters.length === 1 ? 'leaves' : 'leave'} out requests to the application`,
    remedy: `${filters.map(({ name }) => `${name}=`).join(' ')} npx tasks test`,
  };
}

async function lostOrWrong(context: Context): Promise<Broken> {
  const losses = await readLosses(context.root);
  const last = losses.at(-1);
  if (last !== undefined) return { link: `the profiler lost something: ${last}`, remedy: 'npx tasks logs profiler' };
  return {
    link: 'the containers run, the probe is attached and there was traffic, yet the trace differs',
    remedy: 'npx tasks down && npx tasks test',
  };
}
