import type { EventQueue } from '../event-queue.ts';
import type { Host } from '../host.ts';
import type { Plan } from '../plan.ts';
import { defaultOutput, openView, type Renderer, type ViewFlags } from '../render/index.ts';
import { makeLogs } from '../render/logs.ts';

export type Show = { readonly plan: Plan; readonly standing: readonly string[] };

/**
 * Shows the runs of a watch one after another, each with a view of its own, and what services print in between. `next` gives
 * what a run is about when its first event comes.
 */
export async function showWatch(
  host: Host,
  events: EventQueue,
  { flags, first, next }: { readonly flags: ViewFlags; readonly first: Plan; readonly next: () => Show },
): Promise<void> {
  // A list is for tasks that end; what services say would be lost in it.
  const hasService = first.tasks.some((task) => task.work.kind === 'service');
  const suited = defaultOutput(host, first, flags);
  const output = flags.output ?? (hasService && suited === 'list' ? 'plain' : suited);
  const between = (plan: Plan, standing: readonly string[]): Promise<Renderer> =>
    openView(host, plan, { ...flags, output: output === 'list' ? 'plain' : output, standing });
  const logs = makeLogs(host, first.root);
  let plan = first;
  let view = await between(first, []);
  const standing = new Set<string>();
  host.foreignCode.showRest = () => {
    const rest = events.takeRest();
    for (const one of [logs, view]) {
      for (const event of rest) one.on(event);
      void one.end();
    }
  };
  for await (const event of events) {
    if (event.type === 'service-ready') standing.add(event.task);
    // One that was left out goes on running.
    if (event.type === 'task-finished' && event.end.state !== 'skipped') standing.delete(event.task);
    if (event.type === 'run-started') {
      const shown = next();
      plan = shown.plan;
      view = await openView(host, plan, { ...flags, output, standing: shown.standing });
    }
    logs.on(event);
    view.on(event);
    if (event.type !== 'run-finished') continue;
    await view.end();
    view = await between(plan, [...standing]);
  }
  await logs.end();
}
