import { dirname, join } from 'node:path';
import { type Problem, UserError } from '../errors.ts';
import { isRange } from '../versions.ts';
import { atWrittenTasks } from './matrix.ts';
import { mergeParts } from './merge.ts';
import { type Part, type ReadHost, readParts } from './parts.ts';
import { inOrder, isNoConsequenceOf } from './problems.ts';
import { checkNames } from './rules/names.ts';
import { checkRules } from './rules.ts';
import type { Config } from './types.ts';

/** Reads a config anew and checks all of it; throws every problem at once, file by file in the order of the lines. */
export async function checkConfig(host: ReadHost, file: string, text: string): Promise<Config> {
  const { parts, problems } = await readParts(host, file, text);
  const [root, ...included] = parts;
  if (root === undefined) throw new UserError('config', problems);
  const absent = new Set(parts.flatMap((part) => part.absent));
  const merged = mergeParts([root, ...included]);
  const later = [
    ...checkNames(merged.config, absent).map(merged.originOf),
    ...merged.findings,
    ...parts.flatMap((part) => checkRules(part.config, isRange).map((finding) => ({ part, finding }))),
  ];
  const all = [...parts.flatMap((part) => problemsIn(part, later)), ...problems];
  if (all.length > 0) throw new UserError('config', all);
  return merged.config;
}

/** Whether a config includes a file, however wrong it else is. */
export async function includesFile(
  host: ReadHost,
  { file, text }: { readonly file: string; readonly text: string },
  included: string,
): Promise<boolean> {
  const { parts } = await readParts(host, file, text);
  const files = await Promise.all(parts.map((part) => host.realPath(join(dirname(file), part.file))));
  return files.slice(1).includes(included);
}

function problemsIn(
  part: Part,
  later: readonly { readonly part: Part; readonly finding: Part['findings'][number] }[],
): readonly Problem[] {
  const ofThis = later.filter((located) => located.part === part).map(({ finding }) => finding);
  const written = atWrittenTasks(part, ofThis).filter(isNoConsequenceOf(part.wrong));
  return inOrder([...part.problems, ...[...part.findings, ...written].map(part.source.locate)]);
}
