import { dispatch } from '../events.ts';
import type { Host } from '../host.ts';
import { makePaint } from '../paint.ts';
import type { Plan } from '../plan.ts';
import { keepColours } from '../text/safe-text.ts';
import type { Renderer, RenderOptions } from './index.ts';
import { makeStory } from './story.ts';
import { writeTogether } from './together.ts';

const widest = 24;

/** Every line says whose it is, whatever else runs: for logs that are searched. */
export function makePrefixedRenderer(
  host: Pick<Host, 'write' | 'stdoutHasColour' | 'marks'>,
  plan: Pick<Plan, 'tasks' | 'jobs'>,
  options: RenderOptions,
): Renderer {
  const paint = makePaint(host.stdoutHasColour, host.marks);
  const width = Math.min(widest, Math.max(0, ...plan.tasks.map(({ name }) => name.length)));
  const out = writeTogether(host.write);
  const prefixed = (task: string | undefined, lines: readonly string[]): string => {
    const prefix = task === undefined ? '' : `${paint.cyan(`${task.padEnd(width)} |`)} `;
    return lines.map((line) => `${prefix}${line}\n`).join('');
  };
  const story = makeStory({
    ...options,
    plan,
    paint,
    say: (task, lines) => out.write(prefixed(task, lines)),
    quote: (task, line) => out.add(prefixed(task, [keepColours(line)])),
  });
  return { on: (event) => dispatch(story, event), end: async () => out.flush() };
}
