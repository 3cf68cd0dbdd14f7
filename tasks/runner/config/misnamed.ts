import { dirname, join, relative } from 'node:path';
import { type Problem, usageError } from '../errors.ts';
import type { Host } from '../host.ts';
import { configName } from './config-name.ts';

const slips = ['tasks.config.yml', 'tasks.config.json', 'tasks.yaml', 'tasks.yml'];

/** Why there is no config in this folder or above: perhaps because it is called otherwise. */
export async function noConfig(host: Pick<Host, 'cwd' | 'readText'>): Promise<Problem> {
  const message = `no \`${configName}\` in ${host.cwd} or above`;
  for (let folder = host.cwd; ; folder = dirname(folder)) {
    const misnamed = await findMisnamed(host, folder);
    if (misnamed !== undefined) {
      const file = join(relative(host.cwd, folder), misnamed);
      return { message: `${message}, but there is \`${file}\``, hint: renaming(file) };
    }
    if (folder === dirname(folder)) break;
  }
  return {
    message,
    hint: '`npx tasks --init` writes one to start from, `npx tasks --import=Makefile` converts a Makefile',
  };
}

/** The refusal to write a config beside one that is called otherwise. */
export async function refuseBesideMisnamed(host: Pick<Host, 'cwd' | 'readText'>): Promise<void> {
  const misnamed = await findMisnamed(host, host.cwd);
  if (misnamed !== undefined)
    throw usageError(
      `\`${misnamed}\` looks like a config, but it has another name, so no second one is written`,
      renaming(misnamed),
    );
}

/** A file in the folder that was probably meant to be its config. One that is called just `tasks` must look like one. */
async function findMisnamed(host: Pick<Host, 'readText'>, folder: string): Promise<string | undefined> {
  for (const name of slips) {
    // What others do not let us read was not meant for us.
    const text = await host.readText(join(folder, name)).catch(() => undefined);
    if (text === undefined) continue;
    const isMeant = name.includes('.config.') || (/^version:/m.test(text) && /^tasks:/m.test(text));
    if (isMeant) return name;
  }
  return undefined;
}

/** A config in JSON is one in YAML too. */
function renaming(file: string): string {
  return `rename it: \`mv ${file} ${join(dirname(file), configName)}\``;
}
