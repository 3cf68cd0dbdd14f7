/** Opens a shell in a service's container. */
import type { Context } from 'zx-tasks';
import { requireService } from '../lib/service-word.ts';
import { containerNames } from '../lib/stack.ts';

export async function run(context: Context): Promise<void> {
  const engine = await context.engine();
  const service = requireService(context.args[0] ?? 'profiler');
  const terminal = context.isTerminal ? ['-it'] : ['-i'];
  const command = context.rest.length > 0 ? context.rest : ['sh'];
  const { $ } = context;
  await $({ stdio: 'inherit' })`${engine.command} exec ${terminal} ${containerNames[service]} ${command}`;
}
