/** What Podman keeps of a build that was cut off: the containers it worked in, which then hold images that nobody can remove. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context, Engine } from 'zx-tasks';
import { baseImages } from './base-images.ts';
import { imageId } from './images.ts';
import { parseJson } from './read.ts';
import { images, project } from './stack.ts';

type Listed = {
  readonly Id: string;
  /** Empty where a build began from nothing. */
  readonly ImageID: string;
  readonly State: string;
  /** `buildah` of one that a build works in, but `storage` of one whose build was ended while it made that. */
  readonly Command: readonly string[] | null;
  readonly Names: readonly string[] | null;
  /** In seconds since 1970. */
  readonly Created: number;
};

/** Is there while a build goes on, and stays where nobody was left to clean up: after a second Ctrl-C, or a power cut. */
function noteOf({ root }: Pick<Context, 'root'>, target: string): string {
  return join(root, '.tasks', `building-${target}`);
}

/**
 * Notes that a build begins, and removes what has been left since the first whose note stayed. A checkout that cannot be written
 * is built all the same.
 */
export async function noteBuild(context: Pick<Context, 'root' | 'run'>, engine: Engine, target: string): Promise<void> {
  const note = noteOf(context, target);
  const before = await stat(note).catch(() => undefined);
  if (before !== undefined) return removeUnfinishedBuilds(context, engine, before.mtimeMs);
  await mkdir(dirname(note), { recursive: true })
    .then(() => writeFile(note, ''))
    .catch(() => undefined);
}

/** The build is over, whatever became of it, and has left nothing. */
export async function forgetBuild(context: Pick<Context, 'root'>, target: string): Promise<void> {
  await rm(noteOf(context, target), { force: true }).catch(() => undefined);
}

/** Removes those that were made from images of ours since then; Docker's builder keeps none. */
export async function removeUnfinishedBuilds(
  { run }: Pick<Context, 'run'>,
  engine: Engine,
  sinceMs = 0,
): Promise<void> {
  if (engine.name !== 'podman') return;
  const listed = await run([...engine.command, 'ps', '-a', '--external', '--format', 'json']);
  const all = (parseJson(listed.stdout) ?? []) as readonly Listed[];
  const since = all.filter((each) => isOfBuild(each) && each.Created >= Math.floor(sinceMs / 1_000));
  if (since.length === 0) return;
  const ours = await ourImages(run, engine);
  const ids = since.filter(({ ImageID }) => ours.has(ImageID)).map(({ Id }) => Id);
  // Asked last: whose build has begun since is not in the list, and whose was in the list may still go on.
  if (ids.length > 0 && !(await isBuilding(run))) await run([...engine.command, 'rm', '-f', ...ids]);
}

/** Another checkout may be at it, and its containers look the same. */
async function isBuilding(run: Context['run']): Promise<boolean> {
  const names = [...Object.values(images), ...baseImages.map(({ bootstrapped }) => bootstrapped)];
  return (await run(['pgrep', '-f', `build -t (${names.join('|')})`])).code !== 1;
}

/** One that podman is just creating is in the storage, too, but under the name that somebody gave it. */
function isOfBuild({ State, Command, Names }: Listed): boolean {
  const isNamedByBuildah = Names?.some((name) => /-working-container(-\d+)?$/.test(name)) ?? false;
  return State === 'storage' && (Command?.[0] === 'buildah' || isNamedByBuildah);
}

/** Those that are labelled, whatever step of a build made them, and the base images made here. */
async function ourImages(run: Context['run'], engine: Engine): Promise<ReadonlySet<string>> {
  const labelled = ['--filter', `label=io.tasks.project=${project}`];
  const listed = await run([...engine.command, 'images', '-a', '-q', '--no-trunc', ...labelled]);
  const bases = await Promise.all(baseImages.map(({ bootstrapped }) => imageId(run, engine, bootstrapped)));
  const steps = listed.stdout.split('\n').map((id) => id.replace(/^sha256:/, ''));
  return new Set([...steps, ...bases].flatMap((id) => id || []));
}
