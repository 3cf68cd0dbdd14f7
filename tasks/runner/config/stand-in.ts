import type * as v from 'valibot';
import type { Path } from './finding.ts';

/** The parts of a valibot schema that lead from a key to the schema of its value. */
export type Node = v.GenericSchema & {
  readonly entries?: Record<string, v.GenericSchema>;
  readonly value?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
  readonly literal?: unknown;
};

/** The schema of the value at a path. */
export function schemaAt(schema: v.GenericSchema, path: Path): Node {
  let node = unwrap(schema);
  for (const step of path) {
    const next = typeof step === 'number' ? node.item : (node.entries?.[step] ?? node.value);
    if (next === undefined) return node;
    node = unwrap(next);
  }
  return node;
}

/**
 * Takes the wrong value at a path out of a document, and puts a harmless one in its place where the schema does not let it
 * be absent. Of a list, the whole list goes, so that the places of its other members stay true.
 */
export function replaceWrong(schema: v.GenericSchema, document: unknown, path: Path): void {
  const [section, task, part, axis = '', index] = path;
  const isOfMatrix = section === 'tasks' && part === 'matrix' && typeof index === 'number';
  if (isOfMatrix) {
    // The other values make tasks that are needed elsewhere.
    const values = (document as WithMatrices).tasks[String(task)]?.matrix[String(axis)];
    if (values !== undefined) values[index] = `wrong-${index}`;
    return;
  }
  const lastName = path.findLastIndex((step) => typeof step === 'string');
  if (lastName === -1) return;
  let owner = document as Record<string | number, unknown> | undefined;
  for (const step of path.slice(0, lastName)) owner = owner?.[step] as typeof owner;
  if (typeof owner !== 'object' || owner === null) return;
  const key = path[lastName] as string;
  const entry = schemaAt(schema, path.slice(0, lastName)).entries?.[key];
  const isNecessary = entry !== undefined && (entry as Node).type !== 'optional';
  if (isNecessary) owner[key] = standIn(unwrap(entry));
  else delete owner[key];
}

type WithMatrices = { readonly tasks: Readonly<Record<string, { readonly matrix: Record<string, unknown[]> }>> };

function unwrap(schema: v.GenericSchema): Node {
  const node = schema as Node;
  return node.wrapped === undefined ? node : unwrap(node.wrapped);
}

function standIn(node: Node): unknown {
  if (node.literal !== undefined) return node.literal;
  if (node.type === 'record' || node.type === 'strict_object') return {};
  return node.type === 'array' ? [] : '';
}
