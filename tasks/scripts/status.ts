/** Says what runs, whether the probe is attached, and how much has been traced. */
import type { Context } from 'zx-tasks';
import { type Container, findContainers } from '../lib/containers.ts';
import { readProfilerState } from '../lib/ready.ts';
import { containerNames, services } from '../lib/stack.ts';
import { writeContainerNames } from '../lib/trace-files.ts';

export async function run(context: Context): Promise<void> {
  const engine = await context.engine();
  const containers = await findContainers(context.run, engine);
  for (const service of services) {
    const container = containers.find((each) => each.service === service);
    const elsewhere =
      container !== undefined && container.root !== context.root
        ? `, started from ${container.root ?? 'an unknown folder'}`
        : '';
    context.log(`${containerNames[service]}: ${container === undefined ? 'not there' : container.state}${elsewhere}`);
  }
  const isRunning = containers.some((each) => each.service === 'profiler' && each.state === 'running');
  // Of a container that was started since, the profiler knows the id only.
  if (isOurs(context, containers)) await writeContainerNames(context, engine);
  const state = isRunning ? await readProfilerState(context) : undefined;
  if (state === undefined) return context.log('probe: not attached; `npx tasks up` starts it');
  const why = state.why === undefined ? '' : ` (${state.why})`;
  if (state.state === 'failed') context.log(`probe: failed${why}`);
  else context.log(`probe: ${state.state}, tier ${state.tier}${why}, kernel ${state.kernel}`);
  for (const [name, count] of Object.entries(state.counters ?? {})) context.log(`  ${name}: ${count}`);
}

function isOurs({ root }: Context, containers: readonly Container[]): boolean {
  return containers.some((each) => each.service === 'profiler' && each.state === 'running' && each.root === root);
}
