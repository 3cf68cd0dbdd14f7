import { dirname, relative } from 'node:path';
import { UserError } from '../errors.ts';
import type { Host } from '../host.ts';
import { isRange } from '../versions.ts';
import { loadMessages } from './load-messages.ts';
import { checkNames } from './names.ts';
import { normalise } from './normalise.ts';
import { inOrder, isNoConsequenceOf } from './problems.ts';
import { readSource } from './read.ts';
import { checkRules } from './rules.ts';
import { configSchema } from './schema.ts';
import { checkShape } from './shape.ts';
import type { Config } from './types.ts';

/** Reads a config anew and checks all of it; throws every problem at once, in the order of the lines. */
export async function checkConfig(host: Pick<Host, 'cwd' | 'readText'>, file: string, text: string): Promise<Config> {
  const source = readSource(relative(host.cwd, file), text);
  if (source.problems.length > 0) throw new UserError('config', source.problems);
  if (source.document === null)
    throw new UserError('config', [{ ...empty, message: `\`${relative(host.cwd, file)}\` is empty` }]);
  const shape = checkShape(configSchema, source.document);
  if (shape.value === undefined) throw new UserError('config', shape.findings.map(source.locate));
  const messages = await loadMessages(host, dirname(file), shape.value, source.locate);
  const config = normalise(shape.value, messages.rows);
  const later = [...checkNames(config), ...checkRules(config, isRange)].filter(isNoConsequenceOf(shape.wrong));
  const all = [...inOrder([...shape.findings, ...later].map(source.locate)), ...messages.problems];
  if (all.length > 0) throw new UserError('config', all);
  return config;
}

const empty = { hint: 'it begins with `version: 1` and has `tasks`' };
