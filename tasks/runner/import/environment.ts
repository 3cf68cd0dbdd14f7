import { reservedNames } from '../config/reserved-names.ts';
import { shellPart } from '../config/rules/unread.ts';
import { messageOf } from '../errors.ts';
import type { Definition, Texts } from './calls.ts';
import { inQuotes } from './in-quotes.ts';
import { everybodys } from './known.ts';
import { commandOf } from './of-caller.ts';
import { CouldNot, ifKnown } from './references.ts';
import { outermost } from './scope.ts';
import type { Statement } from './statement.ts';
import type { Variables } from './variables.ts';

export type Exported = {
  readonly env: Readonly<Record<string, string>>;
  /** What the shell exports before each command: values that depend on the caller, or on what commands print. */
  readonly exports: Readonly<Record<string, string>>;
  /** Why the environment of the commands is not known. */
  readonly lost: string | undefined;
};

/** The variables that a Makefile puts into the environment of its commands. */
export function exportedBy(statements: readonly Statement[], { variables, definitions }: Texts): Exported {
  const env: Record<string, string> = {};
  const exports: Record<string, string> = {};
  const named = statements.flatMap((statement): readonly string[] => {
    if (statement.kind === 'export') return statement.names;
    const isExported = statement.kind === 'variable' && (statement.isExported || everybodys.includes(statement.name));
    if (isExported) return [statement.name];
    return statement.kind === 'unknown' ? statement.variables.filter((name) => everybodys.includes(name)) : [];
  });
  const isShells = (name: string): boolean =>
    name === 'PWD' &&
    /^\$\((shell pwd|CURDIR)\)$/.test(
      variables
        .chunksOf(name)
        .map(({ text }) => text.trim())
        .join(' '),
    );
  for (const name of new Set(named.filter((name) => variables.has(name) && !isShells(name)))) {
    try {
      const fixed = ifKnown(() => valueFor(name, definitions.get(name), variables));
      if (fixed === undefined) exports[name] = exportOf(name, variables);
      else env[name] = fixed;
    } catch (error) {
      if (!(error instanceof CouldNot)) throw error;
      return { env: {}, exports: {}, lost: `\`${name}\` in the environment: ${messageOf(error)}` };
    }
  }
  return { env, exports, lost: undefined };
}

/** What the shell exports; `$(PATH)` in what `PATH` is set to is the caller's. */
function exportOf(name: string, variables: Variables): string {
  refuseName(name);
  const itself = new RegExp(`(?<!\\$)\\$(\\(${name}\\)|\\{${name}\\})`, 'g');
  const [{ text, before } = { text: '', before: 0 }, ...more] = variables.chunksOf(name);
  const isGrown = more.length === 0 && before !== outermost.before && itself.test(text);
  const value = isGrown ? text.replaceAll(itself, () => `$$\{${name}}`) : `$(${name})`;
  return `export ${name}="${inQuotes(value, variables, isGrown ? before : outermost.before)}"; `;
}

function valueFor(name: string, lines: Definition | undefined, variables: Variables): string {
  refuseName(name);
  const text = lines?.join('\n');
  const constant = text === undefined ? variables.constant(name) : ifKnown(() => variables.filled(text));
  const unread = shellPart(constant ?? '', name);
  if (unread !== undefined) throw new CouldNot(`\`${unread}\` as it is written`);
  return variables.inConfig(text ?? `$(${name})`, {
    onEnvironment: ([first = '']) => {
      throw new CouldNot(commandOf(first) === undefined ? `\`$(${first})\`, which the caller sets` : '`$(shell …)`');
    },
  });
}

function refuseName(name: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name) || name === 'SHELL' || reservedNames.includes(name))
    throw new CouldNot(`the name \`${name}\``);
}
