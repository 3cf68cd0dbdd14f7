import { join, relative } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Finding } from './finding.ts';
import { normaliseMessage } from './normalise.ts';
import { inOrder, isNoConsequenceOf } from './problems.ts';
import { readSource } from './read.ts';
import { readNamed } from './read-file.ts';
import { checkMessages } from './rules.ts';
import { messagesSchema, type RawConfig, type RawMessage } from './schema.ts';
import { checkShape } from './shape.ts';

type Messages = {
  readonly rows: readonly RawMessage[];
  /** In the config that names the file. */
  readonly findings: readonly Finding[];
  /** In the file itself. */
  readonly problems: readonly Problem[];
};

/** Reads the file of known failures that a config names. */
export async function loadMessages(
  host: Pick<Host, 'cwd' | 'readText'>,
  { folder, raw, checkIds }: { readonly folder: string; readonly raw: RawConfig; readonly checkIds: readonly string[] },
): Promise<Messages> {
  if (raw.messages === undefined) return { rows: [], findings: [], problems: [] };
  const file = join(folder, raw.messages);
  const read = await readNamed(host, file, raw.messages);
  if ('problem' in read)
    return { rows: [], findings: [{ path: ['messages'], at: 'value', message: read.problem }], problems: [] };
  const source = readSource(relative(host.cwd, file), read.text);
  if (source.problems.length > 0) return { rows: [], findings: [], problems: source.problems };
  const shape = checkShape(messagesSchema, source.document ?? []);
  const rows = shape.value ?? [];
  const later = checkMessages(rows.map(normaliseMessage), checkIds).filter(isNoConsequenceOf(shape.wrong));
  return { rows, findings: [], problems: inOrder([...shape.findings, ...later].map(source.locate)) };
}
