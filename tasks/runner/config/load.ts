import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import type { Host } from '../host.ts';
import { readCached, writeCached } from './cache.ts';
import type { Config } from './types.ts';

export const configName = 'tasks.config.yaml';

/** A project: its folder and what its config says. */
export type Project = { readonly root: string; readonly config: Config };

/** Finds the config in this folder or above, reads it and checks all of it; throws every problem at once. */
export async function loadProject(host: LoadHost): Promise<Project> {
  const { root, text } = await findConfig(host);
  const cached = await readCached(host, root, text);
  if (cached !== undefined) return { root, config: cached };
  // Loaded only now: the parser and the validator cost more than all the rest of a start.
  const { checkConfig } = await import('./check.ts');
  const config = await checkConfig(host, join(root, configName), text);
  await writeCached(host, root, { text, config });
  return { root, config };
}

type LoadHost = Pick<Host, 'cwd' | 'readText' | 'replaceFile' | 'buildId'>;

async function findConfig(
  host: Pick<Host, 'cwd' | 'readText'>,
): Promise<{ readonly root: string; readonly text: string }> {
  for (let folder = host.cwd; ; folder = dirname(folder)) {
    const text = await host.readText(join(folder, configName));
    if (text !== undefined) return { root: folder, text };
    if (folder === dirname(folder)) break;
  }
  throw new UserError('config', [
    {
      message: `no \`${configName}\` in ${host.cwd} or above`,
      hint: `a project's tasks stand in \`${configName}\` at its root`,
    },
  ]);
}
