import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../errors.ts';
import type { TaskEnd } from '../events.ts';
import type { Env } from '../host.ts';
import type { Claim } from '../locks/holder.ts';
import { readLent } from '../locks/lent.ts';
import { readLock } from '../locks/lock.ts';
import { thisMachine } from '../locks/this-machine.ts';
import type { PlannedTask } from '../plan.ts';
import { aroundVariable } from '../process/inner.ts';
import { descendsFrom } from '../process/tree.ts';
import type { HeldService } from './loans.ts';
import { failed } from './outcome.ts';

/** A run inside of which we were started: its task that did so, and the services that it keeps up for that. */
export type Around = { readonly pid: number; readonly task: string; readonly services: readonly string[] };

/** `PID=TASK,SERVICE,…` for each run, the outermost first. */
export function writeAround({ pid, task, services }: Around, outer: string | undefined): string {
  const own = `${pid}=${[task, ...services].join(',')}`;
  return outer === undefined || outer === '' ? own : `${outer} ${own}`;
}

type Own = { readonly pid: number; readonly env: Env; readonly folder: string };

/** The run that holds a claim, where we were started inside of it. What `sudo` starts has lost the variable. */
export function runAround(claim: Claim, { pid, env, folder }: Own): Around | undefined {
  if (claim.host !== thisMachine() || !descendsFrom(pid, claim.pid)) return undefined;
  return readAround(env[aroundVariable]).find((around) => around.pid === claim.pid) ?? onlyTask(claim, folder);
}

function readAround(text = ''): readonly Around[] {
  return text.split(' ').map((level) => {
    const [pid, names = ''] = level.split('=');
    const [task = '', ...services] = names.split(',');
    return { pid: Number(pid), task, services };
  });
}

/** It must be the task that started us, if its run does nothing else than keep services up. */
function onlyTask({ pid }: Claim, folder: string): Around | undefined {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const held = files.flatMap((file) => {
    const claim = readLock(file);
    return claim?.pid === pid ? { name: claim.task, isLent: readLent(file) !== undefined } : [];
  });
  const [task, ...others] = new Set(held.flatMap(({ name, isLent }) => (isLent ? [] : name)));
  const services = held.flatMap(({ name, isLent }) => (isLent ? name : []));
  return task === undefined || others.length > 0 ? undefined : { pid, task, services };
}

/** It and the task that started it would wait for each other for ever. */
export function startedBy(outer: string, { name }: PlannedTask, service: HeldService | undefined): TaskEnd {
  const isForOthers = service !== undefined && service.because === undefined;
  const what = service === undefined ? 'which holds what it needs' : `whose run holds the service \`${service.name}\``;
  const why = service?.because === undefined || service.because === '' ? '' : `, and ${service.because}`;
  return failed({
    message: `it was started by \`${outer}\`, ${what}${why}`,
    exit: exitCodes.usage,
    remedy: isForOthers
      ? `add \`${service.name}\` to the \`needs\` of \`${outer}\`, and it is used here too`
      : `leave out \`tasks ${name}\` where \`${outer}\` runs`,
  });
}
