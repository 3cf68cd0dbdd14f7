import type { Event } from '../../events.ts';
import type { Paint } from '../../paint.ts';
import { keepLast } from '../../text/last-lines.ts';
import { logPathOf } from '../../text/log-path.ts';
import { keepColours } from '../../text/safe-text.ts';

/** What the tasks that somebody named have printed: a list has room for one line of it only. */
export type Printed = {
  readonly on: (event: Event) => void;
  /** To be shown below the list, each task's below its name. */
  readonly text: () => string;
};

/** So many lines are shown; of a longer output the last ones. */
const mostLines = 100;

/** Makes it for one run. */
export function makePrinted(named: readonly string[], paint: Paint): Printed {
  const outputs = new Map(named.map((task) => [task, { lines: [] as string[], count: 0 }]));
  return {
    on: (event) => {
      if (event.type !== 'task-output') return;
      const output = outputs.get(event.task);
      if (output === undefined) return;
      keepLast(output.lines, event.line, mostLines);
      output.count++;
    },
    text: () => {
      const shown = [...outputs].flatMap(([task, { lines, count }]) => {
        if (count === 0) return [];
        const isCut = count > lines.length;
        const extent = isCut ? ` ${count} lines, here the last ${lines.length}` : '';
        return [
          '',
          `${paint.bold(task)} printed${extent}:`,
          ...lines.map(keepColours),
          ...(isCut ? [`full output: ${logPathOf(task)}`] : []),
        ];
      });
      return shown.map((line) => `${line}\n`).join('');
    },
  };
}
