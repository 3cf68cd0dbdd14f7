import { marked, withoutOutputs } from './marks.ts';
import { CouldNot } from './references.ts';
import type { Scope } from './scope.ts';

type CallerScope = Pick<Scope, 'form' | 'environment' | 'quote'>;

/** The caller's variable, or else the value: what `?=` says, in the shell's words. */
export function withDefault(name: string, text: string, scope: CallerScope): string {
  if (scope.form === 'config' && !isPlain(text))
    throw new CouldNot(`\`$(${name})\`, whose default means something to the shell`);
  return ofEnvironment(name, text, scope);
}

/** A text where the caller's variable is set and not empty. */
export function whereSet(name: string, text: string, scope: CallerScope): string {
  if (scope.form === 'words as without an environment') return '';
  if (scope.form !== 'config' || !isPlain(text)) throw new CouldNot('`$(if …)`');
  scope.environment.push(name);
  return outOfQuotes(`$\${${name}:+${text}}`, scope);
}

/** Nothing in it means something to the shell within `${NAME-…}`. */
export function isPlain(text: string): boolean {
  const reference = /\$\$\{\w+(:?[-+][^{}]*)?\}/g;
  const plain = withoutOutputs(text).replaceAll(reference, '').replaceAll(reference, '');
  return /^[\w ./:,@%+=-]*$/.test(plain);
}

/** The caller’s variable as the shell reads it, with a default if there is one. Where only words are wanted, it cannot be told. */
export function ofEnvironment(name: string, text: string | undefined, scope: CallerScope): string {
  const { form, environment } = scope;
  environment.push(name);
  if (form === 'words') throw new CouldNot(`\`$(${name})\`, which the caller sets`);
  if (form !== 'config') return text ?? '';
  return outOfQuotes(text === undefined ? `$\${${name}}` : `$\${${name}-${text}}`, scope);
}

/** The output of a command, read where it is used. */
export function ofCommand(command: string, scope: CallerScope): string {
  scope.environment.push(outputOf(command));
  return outOfQuotes(marked.output(command), scope);
}

/** How a command whose output is met stands among the variables that are met. */
function outputOf(command: string): string {
  return `shell ${command}`;
}

/** The command whose output is met; undefined where that is a variable. */
export function commandOf(met: string): string | undefined {
  return met.startsWith('shell ') ? met.slice('shell '.length) : undefined;
}

function outOfQuotes(text: string, { quote }: CallerScope): string {
  return quote === "'" ? marked.outOfQuotes(text) : text;
}
