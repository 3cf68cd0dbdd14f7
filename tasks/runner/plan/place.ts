import { matchesGlob } from '../config/names.ts';
import type { Config, PolicyRow, TaskRow } from '../config/types.ts';
import type { Problem } from '../errors.ts';
import type { Platform } from '../script.ts';

/** Where a task runs; `why` where that is not where the config says. */
export type Place =
  | { readonly kind: 'host'; readonly why?: string }
  | { readonly kind: 'container'; readonly image: string };

/** Chooses the place; `image` is the task's container with its names filled in. */
export function choosePlace(image: string | undefined, hostIsAsked: boolean): Place {
  if (image === undefined) return { kind: 'host' };
  if (hostIsAsked) return { kind: 'host', why: '`--host` was given' };
  return { kind: 'container', image };
}

/** Whether a list of platforms (`linux`, `darwin-arm64`) holds this one. No list means all. */
export function appliesTo(platforms: readonly string[] | undefined, { os, arch }: Platform): boolean {
  return platforms === undefined || platforms.some((name) => name === os || name === `${os}-${arch}`);
}

/** The refusal of a task that would run on a host where the policy forbids it. */
export function refuse(
  config: Config,
  task: TaskRow,
  options: { readonly platform: Platform; readonly hostIsAsked: boolean },
): Problem | undefined {
  const row = config.policy.find((candidate) => isMeant(candidate, task, options.platform));
  const isScriptInItsOwnPlace = task.script !== undefined && !options.hostIsAsked;
  const isInContainer = task.container !== undefined && !options.hostIsAsked;
  if (row === undefined || isScriptInItsOwnPlace || isInContainer) return undefined;
  const subject = options.hostIsAsked
    ? `task \`${task.name}\` may not run on this host with \`--host\``
    : `task \`${task.name}\` may not run on this host`;
  return { message: `${subject} (${row.on}): ${row.because}`, hint: `run \`${row.instead}\` instead` };
}

function isMeant(row: PolicyRow, task: TaskRow, platform: Platform): boolean {
  return appliesTo([row.on], platform) && row.tasks.some((glob) => matchesGlob(task.name, glob));
}
