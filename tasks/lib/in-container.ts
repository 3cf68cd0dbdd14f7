/** What is done with a service's container by a command of the engine that has the terminal. */
import { type Context, TaskFailure } from 'zx-tasks';
import { findContainers } from './containers.ts';
import { brokenContainer } from './explain.ts';
import type { Service } from './stack.ts';

/** Waits for it; where it failed because there is no such container, that is the failure, with its remedy. */
export async function withContainers(
  context: Context,
  wanted: readonly Service[],
  command: () => Promise<unknown>,
): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (context.signal.aborted) throw error;
    const engine = await context.engine();
    const broken = brokenContainer(engine, await findContainers(context.run, engine), wanted);
    if (broken === undefined) throw error;
    throw new TaskFailure(broken.link, { remedy: broken.remedy });
  }
}
