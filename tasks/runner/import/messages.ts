import { shellQuote } from '../text/shell/quote.ts';
import { inQuotes } from './in-quotes.ts';
import { argumentsOf } from './names.ts';
import type { Variables } from './variables.ts';

/** A command that prints what make would, and ends with an error where make does: of `$(error …)`, `$(warning …)` or `$(info …)`. */
export function printing(kind: string, text: string, variables: Variables): string {
  const words = text.includes('$') ? `"${inQuotes(text, variables)}"` : shellQuote(text);
  const toStderr = kind === 'info' ? '' : ' >&2';
  return `echo ${words}${toStderr}${kind === 'error' ? '; exit 2' : ''}`;
}

/** What to do before the commands where make ends unless a test of the shell is met. */
export function unlessMet(test: string, stop: string): string {
  return `${test} || { ${stop}; }`;
}

/** What a recipe prints before its first command, as commands of the config: make reads all of it before that runs. */
export function messagesOf(recipe: readonly string[], variables: Variables): readonly string[] {
  const commands: string[] = [];
  for (const step of recipe) {
    const command = commandOf(step, variables);
    if (command === undefined) break;
    commands.push(command);
  }
  return commands;
}

function commandOf(step: string, variables: Variables): string | undefined {
  const [, content] = /^[@+\s-]*\$[({](.*)[)}]\s*$/s.exec(step) ?? [];
  const [, kind = '', text] = /^(error|warning|info)\s+(.*)$/s.exec(content ?? '') ?? [];
  if (text !== undefined) return printing(kind, text, variables);
  const [, asked = ''] = /^if\s+(.*)$/s.exec(content ?? '') ?? [];
  const [name = '', then = '', otherwise, ...more] = argumentsOf(asked).map((part) => part.trim());
  const [, only = ''] = /^\$[({](\w+)[)}]$/.exec(name) ?? [];
  const [, stop] = /^\$[({]error\s+(.*)[)}]$/s.exec(otherwise ?? '') ?? [];
  if (stop === undefined || then !== '' || more.length > 0 || !variables.isOfCaller(only)) return undefined;
  return unlessMet(`[ "${inQuotes(name, variables)}" != "" ]`, printing('error', stop, variables));
}
