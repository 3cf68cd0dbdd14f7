import { findTask } from '../config/names.ts';
import type { ArgsRow, Config, ParamRow, TaskRow } from '../config/types.ts';
import { appliesTo, refuse } from '../plan/place.ts';
import type { Platform } from '../script.ts';

/** A task as `--graph=json` and `--list --output=json` give it. */
export type Entry = {
  readonly name: string;
  readonly about?: string;
  readonly group?: string;
  readonly aliases: readonly string[];
  readonly needs: readonly string[];
  readonly requires: readonly string[];
  readonly container?: string;
  readonly params: Readonly<Record<string, ParamRow>>;
  readonly args?: ArgsRow;
  readonly hidden: boolean;
  /** Why it does not run on this machine. */
  readonly unavailable?: string;
};

/** Tasks as data; what they need is called by its name, never by an alias, and each once. */
export function catalogueOf(config: Config, tasks: readonly TaskRow[], platform: Platform): readonly Entry[] {
  return tasks.map((task) => {
    const { name, about, group, aliases, needs, requires, container, params, args, hidden } = task;
    const unavailable = whyNotHere(config, task, platform);
    return {
      name,
      ...(about === undefined ? {} : { about }),
      ...(group === undefined ? {} : { group }),
      aliases,
      needs: [...new Set(needs.map((need) => findTask(config, need)?.name ?? need))],
      requires,
      ...(container === undefined ? {} : { container }),
      params,
      ...(args === undefined ? {} : { args }),
      hidden,
      ...(unavailable === undefined ? {} : { unavailable }),
    };
  });
}

/** Why a task does not run on this machine, if it does not. */
export function whyNotHere(config: Config, task: TaskRow, platform: Platform): string | undefined {
  if (!appliesTo(task.platforms, platform)) return `skipped here: it is for ${(task.platforms ?? []).join(', ')}`;
  const refusal = refuse(config, task, { platform, hostIsAsked: false });
  return refusal === undefined ? undefined : `refused here: ${refusal.message}`;
}
