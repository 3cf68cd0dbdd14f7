import { dispatch } from '../events.ts';
import type { Host } from '../host.ts';
import { makePaint } from '../paint.ts';
import type { Plan } from '../plan.ts';
import { keepColours } from '../text/safe-text.ts';
import type { Renderer, RenderOptions } from './index.ts';
import { makeStory } from './story.ts';
import { writeTogether } from './together.ts';

/** Lines that can be read aloud: a task's start, its output, its end. While several run, each line says whose it is. */
export function makePlainRenderer(
  host: Pick<Host, 'write' | 'stdoutHasColour' | 'marks'>,
  plan: Pick<Plan, 'tasks' | 'jobs'>,
  options: RenderOptions,
): Renderer {
  const out = writeTogether(host.write);
  const running = new Set<string>(options.standing);
  /** Whose output is shown just now, and whose line was not ended yet. */
  let source: string | undefined;
  let open: string | undefined;
  const newline = (): string => (open === undefined || open === source ? '' : '\n');
  const story = makeStory({
    ...options,
    plan,
    paint: makePaint(host.stdoutHasColour, host.marks),
    say: (_, lines) => {
      if (lines.length === 0) return;
      out.write([newline(), ...lines.map((line) => `${line}\n`)].join(''));
      open = undefined;
    },
    quote: (task, line, goesOn) => {
      const isAlone = running.size <= 1 || options.quiet;
      const isOpen = isAlone && goesOn === true;
      out.add(newline() + (isAlone ? `${line}${isOpen ? '' : '\n'}` : `${task} | ${keepColours(line)}\n`));
      open = isOpen ? source : undefined;
    },
  });
  return {
    on: (event) => {
      if (event.type === 'task-started') running.add(event.task);
      if (event.type === 'task-finished') running.delete(event.task);
      source = event.type === 'task-output' ? `${event.task} ${event.stream}` : undefined;
      dispatch(story, event);
    },
    end: async () => out.flush(),
  };
}
