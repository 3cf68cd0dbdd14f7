import { findTask } from '../config/names.ts';
import type { ArgsRow, Config, ParamRow, TaskRow } from '../config/types.ts';
import { isOwnWord } from '../events.ts';
import { appliesTo, refuse } from '../plan/place.ts';
import type { Platform } from '../script.ts';
import type { Secrets } from '../secrets.ts';
import { jsonOf } from '../text/json.ts';

/** A task as `--graph=json` and `--list --output=json` give it. */
export type Entry = {
  readonly name: string;
  readonly about?: string | undefined;
  readonly group?: string | undefined;
  readonly aliases: readonly string[];
  readonly needs: readonly string[];
  readonly requires: readonly string[];
  readonly container?: string | undefined;
  readonly params: Readonly<Record<string, ParamRow>>;
  readonly args?: ArgsRow | undefined;
  readonly hidden: boolean;
  /** Why it does not run on this machine. */
  readonly unavailable?: string | undefined;
};

/** Tasks as data; what they need is called by its name, never by an alias, and each once. */
export function catalogueOf(config: Config, tasks: readonly TaskRow[], platform: Platform): readonly Entry[] {
  return tasks.map((task) => {
    const { name, about, group, aliases, requires, container, params, args, hidden } = task;
    const needs = [...new Set(task.needs.map((need) => findTask(config, need)?.name ?? need))];
    const unavailable = whyNotHere(config, task, platform);
    return { name, about, group, aliases, needs, requires, container, params, args, hidden, unavailable };
  });
}

/** They as JSON, in which no secret is left: the text itself cannot be masked, or it would no longer be JSON where one is `false`. */
export function catalogueAsJson(
  entries: readonly Entry[],
  { mask, maskAll }: Pick<Secrets, 'mask' | 'maskAll'>,
): string {
  const masked = maskAll({ schemaVersion: 1, tasks: entries }, isOwnWord);
  // Also a number may have been written that has a secret in it; it becomes a text.
  const shown = (key: string, value: unknown): unknown =>
    key === 'default' && typeof value === 'number' && mask(`${value}`) !== `${value}` ? mask(`${value}`) : value;
  return `${jsonOf(masked, 2, shown)}\n`;
}

/** Why a task does not run on this machine, if it does not. */
export function whyNotHere(config: Config, task: TaskRow, platform: Platform): string | undefined {
  if (!appliesTo(task.platforms, platform)) return `skipped here: it is for ${(task.platforms ?? []).join(', ')}`;
  const refusal = refuse(config, task, { platform, hostIsAsked: false });
  return refusal === undefined ? undefined : `refused here: ${refusal.message}`;
}
