/** Removing containers and the network of the stack, by the engine alone. */
import { type Context, type Engine, TaskFailure } from 'zx-tasks';
import type { Container } from './containers.ts';
import { engineCommand } from './shell-word.ts';
import { network } from './stack.ts';

const STOP_SECONDS = 10;

/** Stops them politely, then removes them. */
export async function removeContainers(
  context: Context,
  engine: Engine,
  containers: readonly Pick<Container, 'id' | 'name' | 'state'>[],
): Promise<void> {
  if (containers.length === 0) return;
  const ids = containers.map((each) => each.id);
  const running = containers.filter((each) => each.state === 'running').map((each) => each.id);
  if (running.length > 0) {
    await context.run([...engine.command, 'stop', '-t', String(STOP_SECONDS), ...running], { timeoutMs: 60_000 });
  }
  const removed = await context.run([...engine.command, 'rm', '-f', ...ids], { timeoutMs: 60_000 });
  if (removed.code === 0) return;
  const names = containers.map((each) => each.name);
  throw new TaskFailure(`${engine.name} could not remove ${names.join(', ')}: ${removed.stderr.trim()}`, {
    remedy: engineCommand(engine, 'rm', '-f', ...names),
  });
}

/** Some providers leave the network behind. A network that another container uses stays. */
export async function removeNetworkIfUnused(context: Context, engine: Engine): Promise<void> {
  const here = await context.run([...engine.command, 'network', 'inspect', network]);
  if (here.code !== 0) return;
  const removed = await context.run([...engine.command, 'network', 'rm', network]);
  if (removed.code !== 0) context.log(`the network \`${network}\` stays: ${removed.stderr.trim()}`);
}
