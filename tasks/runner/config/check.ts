import { dirname, relative } from 'node:path';
import { type Problem, UserError } from '../errors.ts';
import type { Host } from '../host.ts';
import { isRange } from '../versions.ts';
import { loadMessages } from './load-messages.ts';
import { checkNames } from './names.ts';
import { normalise } from './normalise.ts';
import { readSource } from './read.ts';
import { checkRules } from './rules.ts';
import { configSchema } from './schema.ts';
import { checkShape } from './shape.ts';
import type { Config } from './types.ts';

/** Reads a config anew and checks all of it; throws every problem at once, in the order of the lines. */
export async function checkConfig(host: Pick<Host, 'cwd' | 'readText'>, file: string, text: string): Promise<Config> {
  const source = readSource(relative(host.cwd, file), text);
  if (source.problems.length > 0) throw new UserError('config', source.problems);
  const shape = checkShape(configSchema, source.document);
  const problems = shape.findings.map(source.locate);
  if (shape.value === undefined) throw new UserError('config', problems);
  const messages = await loadMessages(host, dirname(file), shape.value, source.locate);
  const config = normalise(shape.value, messages.rows);
  const findings = [...checkNames(config), ...checkRules(config, isRange)];
  const all = [...inOrder([...problems, ...findings.map(source.locate)]), ...messages.problems];
  if (all.length > 0) throw new UserError('config', all);
  return config;
}

/** As a reader goes through the file, from top to bottom. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
}
