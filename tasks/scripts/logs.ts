/** Shows what a service printed; with `--follow` also what it prints from now on. */
import type { Context } from 'zx-tasks';
import { requireService } from '../lib/service-word.ts';
import { containerNames, services } from '../lib/stack.ts';

export async function run(context: Context): Promise<void> {
  const engine = await context.engine();
  const wanted = context.args.length > 0 ? context.args.map(requireService) : services;
  const follow = context.params.follow === true ? ['-f'] : [];
  const { $ } = context;
  await Promise.all(
    wanted.map(
      (service) =>
        $({ stdio: ['ignore', 'inherit', 'inherit'] })`${engine.command} logs ${follow} ${containerNames[service]}`,
    ),
  );
}
