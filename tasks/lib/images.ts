import type { Context, Engine } from 'zx-tasks';

/** The id of an image; undefined where the engine has none of that name. */
export async function imageId(run: Context['run'], engine: Engine, name: string): Promise<string | undefined> {
  const ran = await run([...engine.command, 'image', 'inspect', '--format', '{{.Id}}', name]);
  return ran.code === 0 ? ran.stdout.trim().replace(/^sha256:/, '') : undefined;
}
