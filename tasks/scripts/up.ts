/** Starts the stack and waits until it is truly ready; what already runs as it should is left alone. */
import type { Context } from 'zx-tasks';
import { requireProvider, startServices } from '../lib/compose-up.ts';
import { type Container, findContainers } from '../lib/containers.ts';
import { imageId } from '../lib/images.ts';
import { refuseNamesake } from '../lib/namesakes.ts';
import { refuseOtherCheckout } from '../lib/other-checkout.ts';
import { waitUntilReady } from '../lib/ready.ts';
import { removeContainers, removeNetworkIfUnused } from '../lib/remove.ts';
import { digestSettings, refuseUnknownSettings } from '../lib/settings.ts';
import { type Service, services, tracesFolder } from '../lib/stack.ts';
import { emptyTraces, findGone, makeSetAside, writeContainerNames } from '../lib/trace-files.ts';

export async function run(context: Context): Promise<void> {
  refuseUnknownSettings(context.env);
  const engine = await context.engine();
  const before = await findContainers(context.run, engine);
  refuseOtherCheckout(context, engine, before);
  const stale = await findStale(context, before);
  const kept = before.filter((each) => !stale.includes(each));
  const toStart = services.filter((service) => !kept.some((each) => each.service === service));
  if (toStart.length === 0) context.log('already running');
  else await start(context, { stale, kept, toStart });
  await makeSetAside(context, engine);
  await writeContainerNames(context, engine);
  await waitUntilReady(context, engine);
}

type Change = {
  readonly stale: readonly Container[];
  readonly kept: readonly Container[];
  readonly toStart: readonly Service[];
};

async function start(context: Context, { stale, kept, toStart }: Change): Promise<void> {
  const engine = await context.engine();
  await refuseNamesake(context, toStart, { engine, ours: [...stale, ...kept] });
  const provider = await requireProvider(context, engine);
  context.undoOnFailure(async () => {
    context.log(`removing what was started: ${toStart.join(', ')}`);
    const now = await findContainers(context.run, engine);
    await removeContainers(
      context,
      engine,
      now.filter((each) => each.root === context.root && toStart.includes(each.service)),
    );
    if (kept.length === 0) await removeNetworkIfUnused(context, engine);
  });
  await removeContainers(context, engine, stale);
  if (toStart.includes('profiler')) await emptyTraces(context, engine);
  context.log(`starting ${toStart.join(' and ')} with ${provider.command.join(' ')} ${provider.version}`);
  await startServices(context, { engine, provider, toStart });
}

/** What must be replaced: not running, made from an image that has been rebuilt, started with other settings, or writing to files that are gone. */
async function findStale(context: Context, containers: readonly Container[]): Promise<readonly Container[]> {
  const engine = await context.engine();
  const stale: Container[] = [];
  for (const each of containers) {
    const imageIsCurrent = (await imageId(context.run, engine, each.image)) === each.imageId;
    const settingsAreCurrent = each.settings === (await digestSettings(context, each.service));
    const gone = each.service === 'profiler' ? await findGone(context.root) : [];
    if (gone.length > 0) context.log(`removed from ${tracesFolder}: ${gone.join(', ')}`);
    const isCurrent = imageIsCurrent && settingsAreCurrent && gone.length === 0;
    const runs = each.state === 'running' || (isCurrent && (await isUnpaused(context, each)));
    if (!runs || !isCurrent) stale.push(each);
  }
  return stale;
}

/** Whether it runs again after a pause: in its place, a new profiler would begin the traces anew. */
async function isUnpaused(context: Context, { name, state }: Container): Promise<boolean> {
  if (state !== 'paused') return false;
  context.log(`unpausing ${name}`);
  const engine = await context.engine();
  return (await context.run([...engine.command, 'unpause', name])).code === 0;
}
