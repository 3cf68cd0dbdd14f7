import { join, relative } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Finding } from './finding.ts';
import { normaliseMessage } from './normalise.ts';
import { inOrder, isNoConsequenceOf } from './problems.ts';
import { readSource } from './read.ts';
import { checkMessages } from './rules.ts';
import { messagesSchema, type RawConfig, type RawMessage } from './schema.ts';
import { checkShape } from './shape.ts';

/** Reads the file of known failures that a config names. */
export async function loadMessages(
  host: Pick<Host, 'cwd' | 'readText'>,
  root: string,
  config: RawConfig,
  locate: (finding: Finding) => Problem,
): Promise<{ readonly rows: readonly RawMessage[]; readonly problems: readonly Problem[] }> {
  if (config.messages === undefined) return { rows: [], problems: [] };
  const file = join(root, config.messages);
  const text = await host.readText(file);
  if (text === undefined) {
    const message = `there is no file \`${config.messages}\``;
    return { rows: [], problems: [locate({ path: ['messages'], at: 'value', message })] };
  }
  const source = readSource(relative(host.cwd, file), text);
  if (source.problems.length > 0) return { rows: [], problems: source.problems };
  const shape = checkShape(messagesSchema, source.document ?? []);
  const rows = shape.value ?? [];
  const ids = Object.values(config.checks ?? {}).map((check) => check.id);
  const later = checkMessages(rows.map(normaliseMessage), ids).filter(isNoConsequenceOf(shape.wrong));
  const findings = [...shape.findings, ...later];
  return { rows, problems: inOrder(findings.map(source.locate)) };
}
