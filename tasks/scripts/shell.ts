/** Opens a shell in a service's container; the config takes no other words. */
import type { Context } from 'zx-tasks';
import { withContainers } from '../lib/in-container.ts';
import { containerNames, type Service } from '../lib/stack.ts';

export async function run(context: Context): Promise<void> {
  const engine = await context.engine();
  const [service = 'profiler'] = context.args as readonly Service[];
  const terminal = context.isTerminal ? ['-it'] : ['-i'];
  const command = context.rest.length > 0 ? context.rest : ['sh'];
  const { $ } = context;
  await withContainers(
    context,
    [service],
    () => $({ stdio: 'inherit' })`${engine.command} exec ${terminal} ${containerNames[service]} ${command}`,
  );
}
