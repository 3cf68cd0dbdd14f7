/**
 * Writes the tables of `docs/tasks.md`, each between its two marks, from the config's schema and the table of flags.
 *
 * Usage: npx jiti ci/generate/tasks.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { builtInTasks } from '../../tasks/runner/config/built-in.ts';
import { schemaForEditors } from '../../tasks/runner/schemas/for-editors.ts';
import { flagRows } from '../../tasks/runner/usage.ts';

type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
};

const path = resolve(import.meta.dirname, '../../docs/tasks.md');

/** The page with fresh tables; what stands outside of the marks is left as it is. */
export function tasksPage(page: string): string {
  const tables: Readonly<Record<string, () => readonly string[]>> = {
    flags: () =>
      table(
        ['flag', 'what it does'],
        flagRows.map(({ shown, about }) => [code(shown), about]),
      ),
    doctor: () =>
      table(
        ['flag of `doctor`', 'what it does'],
        Object.entries(builtInTasks.doctor?.params ?? {}).map(([name, param]) => [
          code(`--${name}`),
          param.about ?? '',
        ]),
      ),
    keys: () => keys(JSON.parse(schemaForEditors()) as Schema),
  };
  return page.replaceAll(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (whole, start: string, name: string, end: string) => {
      const make = tables[name];
      return make === undefined ? whole : `${start}\n${make().join('\n')}\n\n${end}`;
    },
  );
}

const titles: Readonly<Record<string, string>> = {
  '': 'The config',
  tasks: 'A task: `tasks.NAME`',
  'tasks.params': 'A param: `tasks.NAME.params.FLAG`',
  'tasks.args': 'The words after a task: `tasks.NAME.args`',
  checks: 'A check: `checks.NAME`',
  policy: 'A rule of `policy`',
};

/** One table for each kind of table in the config, the outer ones first. */
function keys(schema: Schema): readonly string[] {
  const pending: { readonly way: string; readonly schema: Schema }[] = [{ way: '', schema }];
  const lines: string[] = [];
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    const { way, schema: owner } = at;
    const rows = Object.entries(owner.properties ?? {}).map(([name, value]) => {
      const inner = tableIn(value);
      const next = way === '' ? name : `${way}.${name}`;
      if (inner !== undefined) pending.push({ way: next, schema: inner });
      const isRequired = owner.required?.includes(name) === true;
      return [
        code(name),
        kindOf(value),
        `${value.description ?? titles[next] ?? ''}${isRequired ? ' (required)' : ''}`,
      ];
    });
    lines.push(
      `### ${titles[way] ?? `\`${way.replace('tasks.', 'tasks.NAME.')}\``}`,
      '',
      ...table(['key', 'value', 'what it is'], rows),
      '',
    );
  }
  return lines.slice(0, -1);
}

/** The table that a value is, or of which it has one for each name or row. */
function tableIn(schema: Schema): Schema | undefined {
  if (schema.properties !== undefined) return schema;
  const inner = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : schema.items;
  return inner?.properties === undefined ? undefined : inner;
}

function kindOf(schema: Schema): string {
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kindOf))].join(' or ');
  if (schema.items !== undefined) return `list of ${plural(kindOf(schema.items))}`;
  if (typeof schema.additionalProperties === 'object') return `map of ${plural(kindOf(schema.additionalProperties))}`;
  const kinds: Readonly<Record<string, string>> = {
    object: 'map',
    boolean: 'boolean',
    string: 'string',
    number: 'number',
    integer: 'integer',
  };
  return kinds[schema.type ?? ''] ?? 'any';
}

function plural(kind: string): string {
  return kind.replaceAll(/\b(string|number|integer|boolean|map|list)\b/g, '$1s');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function code(text: string): string {
  return `\`${text}\``;
}

const isProgram = process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename;
if (isProgram) writeFileSync(path, tasksPage(readFileSync(path, 'utf8')));
