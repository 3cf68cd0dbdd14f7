/** With what a service was started, in one short word: when it changes, `up` replaces the container. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, type Engine, TaskFailure } from 'zx-tasks';
import { OF_THE_CONTAINER, SETTING_NAMES, unknownSettings } from '../../container/profiler/src/setting-names.ts';
import { appPort, composeFile, oldKernelsFile, type Service, selinuxFile } from './stack.ts';
import { traceOwner } from './trace-files.ts';

/** What the profiler reads from the caller's environment; `docs/profiler.md` says what each means. */
const profilerVariables = SETTING_NAMES.filter((name) => !OF_THE_CONTAINER.includes(name)).map(
  (name) => `PROFILER_${name}`,
);

/** All that may be added to the compose file counts, added here or not. */
const startedBy: Readonly<Record<Service, readonly string[]>> = {
  app: [composeFile],
  profiler: [composeFile, oldKernelsFile, selinuxFile, 'container/profiler/seccomp.json'],
};

/** Fails where the caller set what is no setting: it would go unnoticed, and with it what was to be masked or left out. */
export function refuseUnknownSettings(env: Context['env']): void {
  const unknown = unknownSettings(env);
  const ofTheContainer = OF_THE_CONTAINER.map((name) => `PROFILER_${name}`)
    .filter((name) => env[name] !== undefined && env[name] !== '')
    .map((name) => `${name}: this is a path within the container, and is not passed on`);
  const problems = [...unknown, ...ofTheContainer];
  if (problems.length === 0) return;
  const names = problems.map((problem) => problem.slice(0, problem.indexOf(':')));
  throw new TaskFailure(problems.join('\n'), {
    remedy: `unset ${names.join(' ')}  # and take it out of \`.env\`, if it is there`,
    exitCode: 2,
  });
}

/** A digest of the files that a service is started by, and of the caller's settings for it. */
export async function digestSettings({ root, env }: Pick<Context, 'root' | 'env'>, service: Service): Promise<string> {
  const texts = await Promise.all(startedBy[service].map((path) => readFile(join(root, path), 'utf8')));
  const own = service === 'app' ? [appPort(env)] : profilerVariables.map((name) => env[name] || null);
  return createHash('sha256')
    .update(JSON.stringify([...texts, ...own]))
    .digest('hex')
    .slice(0, 16);
}

/** The variables that the compose file reads, as `NAME=value`, for a provider that may run under sudo. */
export async function composeVariables(context: Context, engine: Engine): Promise<readonly string[]> {
  const owner = await traceOwner(context, engine);
  const fixed = {
    TASKS_ROOT: context.root,
    TASKS_UID: String(owner.uid),
    TASKS_GID: String(owner.gid),
    APP_PORT: String(appPort(context.env)),
    TASKS_APP_SETTINGS: await digestSettings(context, 'app'),
    TASKS_PROFILER_SETTINGS: await digestSettings(context, 'profiler'),
  };
  const chosen = profilerVariables.flatMap((name) => {
    const value = context.env[name];
    return value === undefined || value === '' ? [] : [`${name}=${value}`];
  });
  return [...Object.entries(fixed).map(([name, value]) => `${name}=${value}`), ...chosen];
}
