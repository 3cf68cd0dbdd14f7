import type { Args } from '../args.ts';
import { allTasks } from '../config/built-in.ts';
import { findTyped } from '../config/names.ts';
import type { ArgsRow, Config, TaskRow } from '../config/types.ts';
import type { Host } from '../host.ts';
import type { Paint } from '../paint.ts';
import type { Platform } from '../script.ts';
import { withNames } from '../text/safe-text.ts';
import { firstLine } from '../text/words.ts';
import { catalogueAsJson, catalogueOf, whyNotHere } from './catalogue.ts';
import { pretence } from './lines.ts';

/** `--list`, as text or, with `--output=json`, as data in which secrets are masked. */
export function showList(
  config: Config,
  { flags }: Args,
  { platform, secrets }: Pick<Host, 'platform' | 'secrets'>,
  paint: Paint,
): string {
  if (flags.output !== 'json') return listTasks(config, platform, paint);
  return catalogueAsJson(catalogueOf(config, allTasks(config), platform), secrets);
}

/** The tasks by group, what else they are called, and why one is not to be had here. */
function listTasks(config: Config, platform: Platform, paint: Paint): string {
  const tasks = allTasks(config).filter((task) => !task.hidden);
  // What has no group comes first: below a heading it would seem to belong to it.
  const groups = new Map<string, TaskRow[]>([['', []]]);
  for (const task of tasks) {
    const members = groups.get(task.group ?? '');
    if (members === undefined) groups.set(task.group ?? '', [task]);
    else members.push(task);
  }
  const width = tasks.reduce((most, task) => Math.max(most, signature(task).length), 0);
  const lines = [...groups].flatMap(([group, members]) => [
    ...(group === '' ? [] : [paint.bold(firstLine(group))]),
    ...members.map((task) =>
      `  ${signature(task).padEnd(width)}  ${description(config, task, platform, paint)}`.trimEnd(),
    ),
  ]);
  return [...[pretence(platform) ?? []].flat(), ...lines, ''].join('\n');
}

/** How a task is called, with its words. */
export function signature({ name, args }: TaskRow): string {
  return args === undefined ? name : `${name} ${withNames(argsSignature(args))}`;
}

/** How its words are written. */
export function argsSignature({ name, required, max }: ArgsRow): string {
  const words = max === 1 ? name : `${name}…`;
  return required ? words : `[${words}]`;
}

function description(config: Config, task: TaskRow, platform: Platform, paint: Paint): string {
  const aliases = task.aliases.length === 0 ? '' : paint.dim(` (also ${task.aliases.join(', ')})`);
  const reservations = [whyNotHere(config, task, platform), whyNotMeant(config, task)]
    .flatMap((why) => (why === undefined ? [] : [paint.yellow(` — ${withNames(why)}`)]))
    .join('');
  return `${firstLine(task.about ?? '')}${aliases}${reservations}`.trim();
}

/** In the folder of an included file a name is looked for in that file first. */
function whyNotMeant(config: Config, { name }: TaskRow): string | undefined {
  const [meant] = findTyped(config, name);
  return meant === undefined || meant.name === name ? undefined : `typed here, \`${name}\` is \`${meant.name}\``;
}
