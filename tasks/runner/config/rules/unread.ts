import type { Finding } from '../finding.ts';
import { varsOf } from '../names.ts';
import { fillTemplate } from '../template.ts';
import type { Config, TaskRow } from '../types.ts';
import { textsOf } from './texts.ts';

/**
 * What only a shell fills in, where none reads: `env: { PATH: './bin:$PATH' }` would leave no program to be found, and `$HOME/x` be
 * a folder called `$HOME`.
 */
export function unreadRules(config: Config, task: TaskRow): readonly Finding[] {
  const vars = varsOf(config, task);
  const values = textsOf(task).filter(({ kind }) => kind === 'value');
  return values.flatMap(({ text, path }): readonly Finding[] => {
    const [, , key, last] = path;
    const filled = fillTemplate(text, (name) => vars[name] ?? '');
    const part = shellPart(filled, last);
    const message = `no shell reads \`${key}\` of task \`${task.name}\`, so \`${part}\` would stay as it is`;
    const elsewhere =
      task.script === undefined
        ? `set it in the command: \`export ${last}="…"; …\``
        : `set it in the script: \`$({ env: { ...env, ${last}: … } })\``;
    const hint = key === 'env' ? elsewhere : 'only a command can have it: write here what it stands for';
    return part === undefined ? [] : [{ path, at: 'value', part, message, hint }];
  });
}

/** A command in `$(…)`, or a variable that everybody has or that the value is of itself. Other signs may be meant as they are. */
export function shellPart(text: string, name: string | number = ''): string | undefined {
  const variable = /\$(?:\((?:[^()]|\([^()]*\))*\)|(\w+)|\{(\w+).*?\})/g;
  const known = ['HOME', 'PATH', 'PWD', name];
  const isRead = ([, bare, braced]: RegExpMatchArray): boolean => {
    const used = bare ?? braced;
    return used === undefined || known.includes(used);
  };
  return [...text.matchAll(variable)].find(isRead)?.[0];
}
