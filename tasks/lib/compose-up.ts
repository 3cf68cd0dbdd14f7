/** Starting services through the compose provider. */
import { join } from 'node:path';
import { type Context, type Engine, TaskFailure } from 'zx-tasks';
import { findProvider, type Provider } from './compose.ts';
import { composeFiles } from './compose-files.ts';
import { findContainers } from './containers.ts';
import { imageId } from './images.ts';
import { refuseOtherCheckout } from './other-checkout.ts';
import { composeVariables } from './settings.ts';
import { images, project, type Service } from './stack.ts';

/** The provider, or a failure that says how to get one. */
export async function requireProvider(context: Context, engine: Engine): Promise<Provider> {
  const provider = await findProvider({ run: context.run, env: context.env, engine });
  if (provider !== undefined) return provider;
  throw new TaskFailure('no compose provider works', { remedy: 'npx tasks doctor --fix compose', exitCode: 4 });
}

type Start = { readonly engine: Engine; readonly provider: Provider; readonly toStart: readonly Service[] };

/** Asks the provider, then believes only the engine: old providers report success for a container that never started. */
export async function startServices(context: Context, { engine, provider, toStart }: Start): Promise<void> {
  const variables = await composeVariables(context, engine);
  // podman-compose 1.3.0 looks for a relative file in the file's own folder.
  const files = composeFiles(engine).flatMap((file) => ['-f', join(context.root, file)]);
  const command = engine.elevate([
    ...['env', ...variables],
    ...[...provider.command, '-p', project, ...files, 'up', '-d', '--no-build', ...toStart],
  ]);
  const ran = await context.run(command, { timeoutMs: 120_000 });
  const now = await findContainers(context.run, engine);
  // It may have started its own at the same moment.
  refuseOtherCheckout(context, engine, now);
  const missing = toStart.filter(
    (service) => !now.some((each) => each.service === service && each.state !== 'created'),
  );
  if (missing.length === 0) return;
  for (const service of missing) await requireImage(context, engine, images[service]);
  for (const line of `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-20)) context.log(line);
  throw new TaskFailure(`\`${provider.command.join(' ')} up\` did not start ${missing.join(' and ')}`, {
    remedy: 'npx tasks doctor',
  });
}

async function requireImage(context: Context, engine: Engine, image: string): Promise<void> {
  if ((await imageId(context.run, engine, image)) !== undefined) return;
  throw new TaskFailure(`the image \`${image}\` is not here`, { remedy: 'npx tasks build' });
}
