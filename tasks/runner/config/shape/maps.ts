import type * as v from 'valibot';
import type { Finding, Path } from '../finding.ts';
import { reservedNames } from '../reserved-names.ts';
import { schemaAt } from './stand-in.ts';

/** Lists where the schema wants a map: to the validator a list is a map too. */
export function listsForMaps(schema: v.GenericSchema, document: unknown): readonly Path[] {
  return visit(document, []);

  function visit(value: unknown, path: Path): readonly Path[] {
    if (typeof value !== 'object' || value === null) return [];
    const node = schemaAt(schema, path);
    const isForMap = ['strict_object', 'record'].includes(node.type);
    if (isForMap && Array.isArray(value)) return [path];
    if (Array.isArray(value)) return value.flatMap((item, index) => visit(item, [...path, index]));
    const known = Object.entries(value).filter(([key]) => (node.entries?.[key] ?? node.value) !== undefined);
    return known.flatMap(([key, item]) => visit(item, [...path, key]));
  }
}

/** The sentence for one of them. */
export function listForMap(path: Path, subject: string): Finding {
  const message = `${subject} must be a map, not a list`;
  const isTask = path.length === 2 && path[0] === 'tasks';
  const hint = `commands belong in \`run\`, tasks that run first belong in \`needs\`: \`${path[1]}: { needs: […] }\``;
  return { path, at: 'value', message, hint: isTask ? hint : undefined };
}

/** Keys of the maps that take any name. */
export function reservedKeys(schema: v.GenericSchema, document: unknown): readonly Path[] {
  return visit(document, []);

  function visit(value: unknown, path: Path): readonly Path[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    const node = schemaAt(schema, path);
    const own = node.type === 'record' ? reservedNames.filter((key) => Object.hasOwn(value, key)) : [];
    const inner = Object.entries(value).filter(([key]) => !own.includes(key));
    return [...own.map((key) => [...path, key]), ...inner.flatMap(([key, item]) => visit(item, [...path, key]))];
  }
}

/** The sentence for one of them. */
export function reservedKey(path: Path): Finding {
  return { path, at: 'key', message: `\`${String(path.at(-1))}\` cannot be used: JavaScript reserves this name` };
}
