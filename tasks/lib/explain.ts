/** No traces, or not all: which link of the chain is broken? Containers running → probe attached → traffic made → nothing lost. */
import type { Context, Engine } from 'zx-tasks';
import { findContainers } from './containers.ts';
import { readProfilerState } from './ready.ts';
import { containerNames, services } from './stack.ts';
import { readLosses } from './trace-lines.ts';
import type { Run } from './traffic.ts';

export type Broken = { readonly link: string; readonly remedy: string };

/** The first broken link and the command that mends it. */
export async function explainMissing(context: Context, engine: Engine, run: Run): Promise<Broken> {
  return (
    (await brokenContainer(context, engine)) ??
    (await brokenProbe(context)) ??
    brokenTraffic(run) ??
    (await lostOrWrong(context))
  );
}

async function brokenContainer(context: Context, engine: Engine): Promise<Broken | undefined> {
  const containers = await findContainers(context.run, engine);
  for (const service of services) {
    const container = containers.find((each) => each.service === service);
    if (container === undefined)
      return { link: `the container \`${containerNames[service]}\` does not exist`, remedy: 'npx tasks up' };
    if (container.state !== 'running') {
      return {
        link: `the container \`${container.name}\` is not running: ${container.state}, code ${container.exitCode}`,
        remedy: 'npx tasks up',
      };
    }
  }
  return undefined;
}

async function brokenProbe(context: Context): Promise<Broken | undefined> {
  const state = await readProfilerState(context);
  if (state === undefined)
    return { link: 'the profiler has not said that its probe is attached', remedy: 'npx tasks logs profiler' };
  if (state.state === 'paused') {
    return {
      link: 'the probe is not attached: capture is paused',
      remedy: `podman kill --signal USR2 ${containerNames.profiler}`,
    };
  }
  if (state.state === 'failed')
    return { link: `the probe is not attached: ${state.why ?? 'no reason given'}`, remedy: 'npx tasks doctor' };
  return undefined;
}

function brokenTraffic(run: Run): Broken | undefined {
  const unanswered = run.sent.find((sent) => sent.status === null);
  if (unanswered === undefined) return undefined;
  return {
    link: `no HTTP traffic was made: ${unanswered.method} ${unanswered.target} got no answer (${unanswered.problem ?? 'no reason'})`,
    remedy: 'npx tasks logs app',
  };
}

async function lostOrWrong(context: Context): Promise<Broken> {
  const losses = await readLosses(context.root);
  const last = losses.at(-1);
  if (last !== undefined) return { link: `the profiler lost something: ${last}`, remedy: 'npx tasks logs profiler' };
  return {
    link: 'containers run, the probe is attached and traffic was made, yet the trace differs',
    remedy: 'npx tasks traces --check',
  };
}
