import { reservedNames } from '../config/reserved-names.ts';
import { shellPart } from '../config/rules/unread.ts';
import { messageOf } from '../errors.ts';
import { everybodys } from './known.ts';
import { commandOf } from './of-caller.ts';
import { CouldNot } from './references.ts';
import type { Statement } from './statement.ts';
import type { Variables } from './variables.ts';

export type Exported = {
  readonly env: Readonly<Record<string, string>>;
  /** Why the environment of the commands is not known. */
  readonly lost: string | undefined;
};

/** The variables that a Makefile puts into the environment of its commands. */
export function exportedBy(statements: readonly Statement[], variables: Variables): Exported {
  const env: Record<string, string> = {};
  const named = statements.flatMap((statement): readonly string[] => {
    if (statement.kind === 'export') return statement.names;
    const isExported = statement.kind === 'variable' && (statement.isExported || everybodys.includes(statement.name));
    if (isExported) return [statement.name];
    return statement.kind === 'unknown' ? statement.variables.filter((name) => everybodys.includes(name)) : [];
  });
  const isShells = (name: string): boolean =>
    name === 'PWD' && /^\$\((shell pwd|CURDIR)\)$/.test(variables.textsOf(name).join(' ').trim());
  for (const name of new Set(named.filter((name) => variables.has(name) && !isShells(name)))) {
    try {
      env[name] = valueFor(name, variables);
    } catch (error) {
      if (!(error instanceof CouldNot)) throw error;
      return { env: {}, lost: `\`${name}\` in the environment: ${messageOf(error)}` };
    }
  }
  return { env, lost: undefined };
}

function valueFor(name: string, variables: Variables): string {
  if (!/^[A-Za-z_]\w*$/.test(name) || name === 'SHELL' || reservedNames.includes(name))
    throw new CouldNot(`the name \`${name}\``);
  const unread = shellPart(variables.constant(name) ?? '', name);
  if (unread !== undefined) throw new CouldNot(`\`${unread}\` as it is written`);
  return variables.inConfig(`$(${name})`, {
    onEnvironment: ([first = '']) => {
      throw new CouldNot(commandOf(first) === undefined ? `\`$(${first})\`, which the caller sets` : '`$(shell …)`');
    },
  });
}
