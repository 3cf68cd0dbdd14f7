import { isPlainWord } from '../../text/shell/quote.ts';
import type { Spot } from '../../text/shell/spots.ts';
import { wordsIn } from '../command-text.ts';
import type { Finding, Path } from '../finding.ts';
import { writtenFor } from '../names.ts';
import { namesIn, parseTemplate } from '../template.ts';
import type { Config, ParamRow, TaskRow } from '../types.ts';
import { textsOf } from './texts.ts';

/** What somebody types stands only where it can be quoted, so that no shell ever reads it as a command. */
export function quotingRules(config: Config, task: TaskRow): readonly Finding[] {
  const commands = textsOf(task).filter(({ kind }) => kind === 'command');
  return commands.flatMap(({ text, path }) => unquotable(config, task, text, path));
}

function unquotable(config: Config, task: TaskRow, command: string, path: Path): readonly Finding[] {
  const isWord = (name: string): boolean => name === 'args' || Object.hasOwn(task.params, name);
  if (!namesIn(command).some(isWord)) return [];
  const words = wordsIn(parseTemplate(command), { written: writtenFor(config, task), isWord });
  return words.flatMap(({ name, spot }): Finding[] => {
    const param = Object.hasOwn(task.params, name) ? task.params[name] : undefined;
    if (spot.kind !== 'unsafe' || (param !== undefined && isAlwaysPlain(param))) return [];
    const part = `\${${name}}`;
    const message = `\`${part}\` is ${spot.where}, where it cannot be quoted safely`;
    return [{ path, at: 'value', part, message, hint: hintFor(name, spot) }];
  });
}

/** Whether nothing can be given that a shell would read. */
function isAlwaysPlain({ type, values }: ParamRow): boolean {
  return type === 'int' || type === 'bool' || (type === 'enum' && values.every(isPlainWord));
}

function hintFor(name: string, { where }: Extract<Spot, { readonly kind: 'unsafe' }>): string {
  if (/\(\(|arithmetic/.test(where) && name !== 'args') return 'declare a number with `type: int`';
  if (where.includes('backslash'))
    return `leave out the backslash; for a variable of the shell, write \`$\${${name}}\``;
  if (where.includes('backticks')) return 'write `$(…)` instead of backticks';
  if (name === 'args') return 'pass them to a script or program as its arguments';
  const variable = name.replaceAll(/\W/g, '_').toUpperCase();
  return `pass it in a variable: \`env: { ${variable}: '\${${name}}' }\`, and write \`$${variable}\``;
}
