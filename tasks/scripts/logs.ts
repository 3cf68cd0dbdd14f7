/** Shows what a service printed; with `--follow` also what it prints from now on. The config takes no other words than services. */
import type { Context } from 'zx-tasks';
import { withContainers } from '../lib/in-container.ts';
import { containerNames, type Service, services } from '../lib/stack.ts';

export async function run(context: Context): Promise<void> {
  const engine = await context.engine();
  const named = context.args as readonly Service[];
  const wanted = named.length > 0 ? named : services;
  const follow = context.params.follow === true ? ['-f'] : [];
  const { $ } = context;
  const show = (service: Service) =>
    $({ stdio: ['ignore', 'inherit', 'inherit'] })`${engine.command} logs ${follow} ${containerNames[service]}`;
  await withContainers(context, wanted, () => Promise.all(wanted.map(show)));
}
