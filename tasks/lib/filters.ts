/** What the profiler that runs was told to leave out, as far as it concerns what `test` sends to the application. */
import type { Context, Engine } from 'zx-tasks';
import { matchesGroup } from '../../container/profiler/src/identity.ts';
import { readSettings, type Settings, SettingsError } from '../../container/profiler/src/settings.ts';
import type { Container } from './containers.ts';
import { appPortInside } from './stack.ts';

/** A setting of the container, as `NAME=value`. */
export type Filter = { readonly name: string; readonly value: string };

/** Each setting with which not every request to the application is written; the container is asked, whoever started it. */
export async function findFilters(
  context: Pick<Context, 'run'>,
  engine: Engine,
  { app, profiler }: { readonly app: Container; readonly profiler: Container },
): Promise<readonly Filter[]> {
  const asked = await context.run([...engine.command, 'inspect', '--format', '{{json .Config.Env}}', profiler.id]);
  const env = asked.code === 0 ? parseEnv(asked.stdout) : {};
  const settings = readKnown(env);
  if (settings === undefined) return [];
  const leavesOut: Readonly<Record<string, boolean>> = {
    PROFILER_ROLE: settings.role === 'client',
    PROFILER_PORTS: !portIsWanted(settings),
    PROFILER_SAMPLE: settings.sample > 1,
    PROFILER_CGROUPS: !matchesGroup(
      settings.cgroups,
      { unified: [`libpod-${app.id}`], legacy: [], node: '' },
      { ...app, image: null },
    ),
  };
  return Object.keys(leavesOut).flatMap((name) => (leavesOut[name] ? { name, value: env[name] ?? '' } : []));
}

function portIsWanted({ ports }: Settings): boolean {
  return ports.length === 0 || ports.some(({ first, last }) => first <= appPortInside && appPortInside <= last);
}

function parseEnv(text: string): Readonly<Record<string, string>> {
  const lines = JSON.parse(text) as readonly string[] | null;
  return Object.fromEntries(
    (lines ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** An image of other sources may know other settings. */
function readKnown(env: Readonly<Record<string, string>>): Settings | undefined {
  try {
    return readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}
