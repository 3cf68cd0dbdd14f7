import { dirname, join, relative } from 'node:path';
import { type Problem, UserError } from '../errors.ts';
import type { Host } from '../host.ts';
import { checkNames } from './names.ts';
import { normalise } from './normalise.ts';
import { checkRules } from './rules.ts';
import type { Config } from './types.ts';

export const configName = 'tasks.config.yaml';

/** A project: its folder and what its config says. */
export type Project = { readonly root: string; readonly config: Config };

/** Finds the config in this folder or above, reads it and checks all of it; throws every problem at once. */
export async function loadProject(host: Pick<Host, 'cwd' | 'readText'>): Promise<Project> {
  const { root, text } = await findConfig(host);
  return { root, config: await readConfig(host, root, text) };
}

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

async function readConfig(host: Pick<Host, 'cwd' | 'readText'>, root: string, text: string): Promise<Config> {
  const [{ readSource }, { checkShape }, { configSchema }, { isRange }, { loadMessages }] = await Promise.all([
    import('./read.ts'),
    import('./shape.ts'),
    import('./schema.ts'),
    import('../versions.ts'),
    import('./load-messages.ts'),
  ]);
  const source = readSource(relative(host.cwd, join(root, configName)), text);
  if (source.problems.length > 0) throw new UserError('config', source.problems);
  const shape = checkShape(configSchema, source.document);
  const problems = shape.findings.map(source.locate);
  if (shape.value === undefined) throw new UserError('config', problems);
  const messages = await loadMessages(host, root, shape.value, source.locate);
  const config = normalise(shape.value, messages.rows);
  const findings = [...checkNames(config), ...checkRules(config, isRange)];
  const all = inOrder([...problems, ...findings.map(source.locate), ...messages.problems]);
  if (all.length > 0) throw new UserError('config', all);
  return config;
}

/** As a reader goes through the file, from top to bottom. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
}
