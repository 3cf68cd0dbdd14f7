import { CouldNot } from './references.ts';
import type { Scope } from './variables.ts';

type CallerScope = Pick<Scope, 'form' | 'environment'>;

/** The caller's variable, or else the value: what `?=` says, in the shell's words. */
export function withDefault(name: string, text: string, scope: CallerScope): string {
  const plain = text.replaceAll(/\$\$\{\w+(-[^{}]*)?\}/g, '').replaceAll(/\$\$\{\w+(-[^{}]*)?\}/g, '');
  if (scope.form === 'config' && !/^[\w ./:,@%+=-]*$/.test(plain))
    throw new CouldNot(`\`$(${name})\`, whose default means something to the shell`);
  return ofEnvironment(name, text, scope);
}

export function ofEnvironment(name: string, text: string | undefined, { form, environment }: CallerScope): string {
  environment.push(name);
  if (form === 'words') throw new CouldNot(`\`$(${name})\`, which the caller sets`);
  if (form !== 'config') return text ?? '';
  return text === undefined ? `$\${${name}}` : `$\${${name}-${text}}`;
}
