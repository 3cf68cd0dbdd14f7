import type * as v from 'valibot';
import type { Path } from '../finding.ts';

/** The parts of a valibot schema that lead from a key to the schema of its value. */
export type Node = v.GenericSchema & {
  readonly entries?: Record<string, v.GenericSchema>;
  readonly value?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  /** The branches of a union, or the values of a picklist. */
  readonly options?: readonly (v.GenericSchema | string)[];
  readonly wrapped?: v.GenericSchema;
  readonly literal?: unknown;
  readonly pipe?: readonly { readonly kind: string }[];
};

/** The schema of the value at a path. */
export function schemaAt(schema: v.GenericSchema, path: Path): Node {
  let node = unwrap(schema);
  for (const step of path) {
    const next = partOf(node, step);
    if (next === undefined) return node;
    node = unwrap(next);
  }
  return node;
}

/** Of a union, of whichever branch has such a part. */
function partOf(node: Node, step: string | number): v.GenericSchema | undefined {
  const own = typeof step === 'number' ? node.item : (node.entries?.[step] ?? node.value);
  const branches = (node.options ?? []).flatMap((branch) => (typeof branch === 'object' ? [unwrap(branch)] : []));
  return own ?? branches.map((branch) => partOf(branch, step)).find((part) => part !== undefined);
}

/**
 * Puts a harmless value in the place of the wrong one at a path, so that what stands beside it keeps its place, and what names
 * it finds it. What may be absent is taken out.
 */
export function replaceWrong(schema: v.GenericSchema, document: unknown, path: Path): void {
  const key = path.at(-1);
  const owner = valueAt(document, path.slice(0, -1));
  if (key === undefined || owner === undefined) return;
  const [section, , part] = path;
  const written = owner[key];
  const entry = partOf(schemaAt(schema, path.slice(0, -1)), key);
  const namesFile = section === 'include' || section === 'messages';
  const mayStay = entry !== undefined && !namesFile && (!isOptional(entry) || isText(unwrap(entry)));
  const isOfMatrix = section === 'tasks' && part === 'matrix';
  if (!mayStay) delete owner[key];
  else if (isOfMatrix && typeof key === 'number') owner[key] = wrongCell(key);
  else if (isOfMatrix && path.length === 4) owner[key] = [isScalar(written) ? written : wrongCell(0)];
  else owner[key] = standIn(unwrap(entry), written);
}

/** Takes a key out of a document. */
export function remove(document: unknown, path: Path): void {
  const owner = valueAt(document, path.slice(0, -1));
  const key = path.at(-1);
  if (owner !== undefined && key !== undefined) delete owner[key];
}

/** Whether a cell of a task's matrix has one of the wrong values. */
export function isWrongCell(wrong: readonly Path[], task: string, values: Readonly<Record<string, string>>): boolean {
  return wrong.some(([section, name, part, axis = '', index]) => {
    if (section !== 'tasks' || name !== task || part !== 'matrix') return false;
    return typeof index !== 'number' || values[axis] === wrongCell(index);
  });
}

/** Its tasks are there, since the other values make tasks that are needed elsewhere. */
function wrongCell(index: number): string {
  return `wrong-${index}`;
}

function valueAt(document: unknown, path: Path): Record<string | number, unknown> | undefined {
  let value = document;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>) : undefined;
}

function isOptional(entry: v.GenericSchema): boolean {
  return (entry as Node).type === 'optional';
}

/** Any text will do, and what else is said of the whole may depend on there being one. */
function isText(node: Node): boolean {
  const hasRule = node.pipe?.some(({ kind }) => kind === 'validation') === true;
  return ['string', 'union'].includes(node.type) && !hasRule;
}

function unwrap(schema: v.GenericSchema): Node {
  const node = schema as Node;
  return node.wrapped === undefined ? node : unwrap(node.wrapped);
}

function standIn(node: Node, written: unknown): unknown {
  if (node.literal !== undefined) return node.literal;
  if (node.type === 'array') return [];
  if (node.type === 'record') return {};
  if (node.type === 'strict_object') {
    const necessary = Object.entries(node.entries ?? {}).filter(([, entry]) => !isOptional(entry));
    return Object.fromEntries(necessary.map(([key, entry]) => [key, standIn(unwrap(entry), undefined)]));
  }
  if (node.type === 'number') return 1;
  return isScalar(written) ? String(written) : (JSON.stringify(written) ?? '');
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
