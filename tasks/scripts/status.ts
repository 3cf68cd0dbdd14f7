/** Says what runs, whether the probe is attached, and how much has been traced. */
import type { Context, Engine } from 'zx-tasks';
import { type Container, findContainers } from '../lib/containers.ts';
import { explainKill } from '../lib/killed.ts';
import { readProfilerState } from '../lib/profiler-state.ts';
import { engineCommand } from '../lib/shell-word.ts';
import { containerNames, services, tracesFolder } from '../lib/stack.ts';
import { findGone, writeContainerNames } from '../lib/trace-files.ts';

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
  const profiler = containers.find((each) => each.service === 'profiler' && each.state === 'running');
  const gone = profiler?.root === context.root ? await findGone(context.root) : [];
  if (gone.length > 0)
    return context.log(
      `probe: unknown, because files were removed from ${tracesFolder}: ${gone.join(', ')}; \`npx tasks up\` restarts it`,
    );
  if (profiler?.root === context.root) await nameContainers(context, engine);
  const state = profiler === undefined ? undefined : await readProfilerState(context);
  if (state === undefined) return context.log(`probe: ${whyUnread(engine, containers)}`);
  const { state: how, tier, why, kernel, counters } = state;
  context.log(how === 'failed' ? `probe: failed (${why})` : `probe: ${how}, tier ${tier} (${why}), kernel ${kernel}`);
  for (const [name, count] of Object.entries(counters)) context.log(`  ${name}: ${count}`);
}

/** Nothing reads what the probe of a paused container sees till it goes on. */
function whyUnread(engine: Engine, containers: readonly Container[]): string {
  const profiler = containers.find((each) => each.service === 'profiler');
  if (profiler?.state === 'paused')
    return `not read while its container is paused; \`${engineCommand(engine, 'unpause', profiler.name)}\` lets it go on`;
  const killed = profiler === undefined ? undefined : explainKill(profiler);
  if (killed === undefined) return 'not attached; `npx tasks up` starts it';
  return `not attached, because its container ${killed.why}: ${killed.remedy}`;
}

/** Of a container that was started since, the profiler knows the id only. Whoever only looks may not be the one who may write. */
async function nameContainers(context: Context, engine: Engine): Promise<void> {
  try {
    await writeContainerNames(context, engine);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? error.message : undefined;
    if (why === undefined) throw error;
    context.log(`the profiler does not get the names of newer containers: ${why}`);
  }
}
