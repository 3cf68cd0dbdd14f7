import type { Finished } from '../lines.ts';
import { command } from './commands.ts';
import type { Location } from './locations.ts';

/** GitHub shows ten of a step; one is for the failure itself. */
const most = 9;

/** The annotations of a task that failed: where its output says something is wrong, and that it failed. */
export function annotationsOf(
  { task, end }: Pick<Finished, 'task' | 'end'>,
  locations: readonly Location[],
  pathOf: (file: string) => string | undefined,
): readonly string[] {
  if (end.state !== 'failed') return [];
  const title = `Task \`${task}\` failed`;
  const { message, remedy, known } = end.failure;
  const advice = [
    ...known.map((row) => `${row.cause}; remedy: ${row.remedy}`),
    ...(remedy === undefined ? [] : [`remedy: ${remedy}`]),
  ];
  const located = locations.slice(0, most).map(({ file, line, column, text }) => {
    const path = pathOf(file);
    if (path === undefined) return command('error', { title }, `${file}:${line}: ${text}`);
    return command('error', { title, file: path, line, ...(column === undefined ? {} : { col: column }) }, text);
  });
  return [...located, command('error', { title }, [message, ...advice].join('\n'))];
}
