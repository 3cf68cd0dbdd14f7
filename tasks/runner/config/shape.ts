import * as v from 'valibot';
import { didYouMean, listed } from '../errors.ts';
import type { Finding, Path } from './finding.ts';
import { laterKeys } from './schema.ts';

/** The parts of a valibot schema that lead from a key to the schema of its value. */
type Node = v.GenericSchema & {
  readonly entries?: Record<string, v.GenericSchema>;
  readonly value?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
};

/**
 * Checks a document against a schema. All findings are given at once, and beside them the document without the parts
 * that are wrong, so that later checks can go on with the rest; undefined when too little is left.
 */
export function checkShape<Schema extends v.GenericSchema>(
  schema: Schema,
  document: unknown,
): { readonly findings: readonly Finding[]; readonly value: v.InferOutput<Schema> | undefined } {
  const result = v.safeParse(schema, document);
  if (result.success) return { findings: [], value: result.output };
  const issues = result.issues.flatMap(innermost);
  const findings = issues.flatMap((issue) => describe(schema, issue));
  const remaining = structuredClone(document);
  for (const finding of findings) remove(remaining, finding.path);
  const second = v.safeParse(schema, remaining);
  return { findings, value: second.success ? second.output : undefined };
}

/** Of a union's branches, the one that came furthest says what is wrong. */
function innermost(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown>[] {
  const deeper = (issue.issues ?? []).filter((inner) => (inner.path?.length ?? 0) > 0);
  if (deeper.length === 0) return [issue];
  const outerPath = issue.path ?? [];
  return deeper.map((inner) => ({ ...inner, path: [...outerPath, ...(inner.path ?? [])] }) as v.BaseIssue<unknown>);
}

function describe(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): Finding[] {
  const path = pathOf(issue);
  const owner = path.slice(0, -1);
  const key = String(path.at(-1) ?? '');
  const isUnknownKey = issue.type === 'strict_object' && issue.expected === 'never';
  if (isUnknownKey) return unknownKeys(schema, owner, issue);
  const isMissingKey =
    issue.type === 'strict_object' &&
    issue.received === 'undefined' &&
    issue.kind === 'schema' &&
    issue.path?.at(-1)?.origin === 'key';
  if (isMissingKey) return [{ path: owner, at: 'key', message: `${titleOf(owner)} has no \`${key}\`` }];
  const isBadKey = issue.path?.at(-1)?.origin === 'key';
  if (isBadKey) return [{ path, at: 'key', message: `\`${key}\` cannot be used: ${issue.message}` }];
  return [{ path, at: 'value', message: `${subjectOf(path)} ${reasonOf(issue)}` }];
}

function unknownKeys(schema: v.GenericSchema, owner: Path, issue: v.BaseIssue<unknown>): Finding[] {
  const valid = Object.keys(schemaAt(schema, owner).entries ?? {});
  const present = Object.keys((issue.path?.at(-1)?.input as object | undefined) ?? {});
  return present
    .filter((key) => !valid.includes(key))
    .map((key) => {
      const path = [...owner, key];
      if (isLater(owner, key)) {
        return { path, at: 'key', message: `\`${key}\` of ${titleOf(owner)} is not supported by this version` };
      }
      const message = `${titleOf(owner)} has unknown key \`${key}\`${didYouMean(key, valid)}`;
      return { path, at: 'key', message, hint: `valid keys are ${listed(valid)}` };
    });
}

function isLater(owner: Path, key: string): boolean {
  const later: readonly string[] =
    owner.length === 0 ? laterKeys.config : owner[0] === 'tasks' && owner.length === 2 ? laterKeys.task : [];
  return later.includes(key);
}

function schemaAt(schema: v.GenericSchema, path: Path): Node {
  let node = unwrap(schema);
  for (const step of path) {
    const next = typeof step === 'number' ? node.item : (node.entries?.[step] ?? node.value);
    if (next === undefined) return node;
    node = unwrap(next);
  }
  return node;
}

function unwrap(schema: v.GenericSchema): Node {
  const node = schema as Node;
  return node.wrapped === undefined ? node : unwrap(node.wrapped);
}

function pathOf(issue: v.BaseIssue<unknown>): Path {
  return (issue.path ?? []).map((item) => item.key as string | number);
}

/** How a message calls the table at a path: ``task `build` ``, `the config`. */
function titleOf(path: Path): string {
  const [section, key, inner, last] = path;
  if (section === undefined) return 'the config';
  if (typeof section === 'number') return `message ${section + 1}`;
  if (key === undefined) return `\`${section}\``;
  if (typeof key === 'number') return `${section} row ${key + 1}`;
  const title = `${section.replace(/s$/, '')} \`${key}\``;
  if (inner === undefined) return title;
  return last === undefined ? `\`${inner}\` of ${title}` : `\`${last}\` in \`${inner}\` of ${title}`;
}

function subjectOf(path: Path): string {
  return path.length === 0 ? 'the config' : titleOf(path);
}

function reasonOf(issue: v.BaseIssue<unknown>): string {
  const isOwnRule = issue.kind === 'validation';
  if (isOwnRule) return `is ${issue.received}: ${issue.message}`;
  return `must be ${inWords(issue.expected ?? 'something else')}, not ${inWords(issue.received)}`;
}

function inWords(type: string): string {
  const words: Record<string, string> = {
    Object: 'a table',
    Array: 'a list',
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
    null: 'nothing',
    '(string | Array)': 'a text or a list of texts',
    '(string | number | boolean)': 'a text, a number or true or false',
  };
  return (
    words[type] ??
    type
      .replaceAll('"', '`')
      .replaceAll(' | ', ' or ')
      .replace(/^\((.*)\)$/, '$1')
  );
}

/** Removes the value at a path; of a list, the whole list, so that the places of its other members stay true. */
function remove(document: unknown, path: Path): void {
  const lastName = path.findLastIndex((step) => typeof step === 'string');
  if (lastName === -1) return;
  let owner = document as Record<string | number, unknown> | undefined;
  for (const step of path.slice(0, lastName)) owner = owner?.[step] as typeof owner;
  if (owner !== undefined && owner !== null) delete owner[path[lastName] as string];
}
