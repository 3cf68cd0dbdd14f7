import type { Finding, Path } from '../finding.ts';
import { varsOf } from '../names.ts';
import { fillTemplate } from '../template.ts';
import type { Config, TaskRow } from '../types.ts';

/**
 * What only a shell fills in, where none reads: `env: { PATH: './bin:$PATH' }` would leave no program to be found, and `$HOME/x` be
 * a folder called `$HOME`.
 */
export function unreadRules(config: Config, task: TaskRow): readonly Finding[] {
  if (task.matrix !== undefined) return [];
  const vars = varsOf(config, task);
  const find = (text: string, key: string, last?: string | number): readonly Finding[] => {
    const found = shellPart(
      fillTemplate(text, (name) => vars[name] ?? ''),
      last,
    );
    const path: Path = ['tasks', task.name, key, ...(last === undefined ? [] : [last])];
    const message = `no shell reads \`${key}\` of task \`${task.name}\`, so \`${found}\` would stay as it is`;
    const inCommand = key === 'env' ? `set it in the command: \`export ${last}="…"; …\`` : undefined;
    const hint = inCommand ?? 'only a command can have it: write here what it stands for';
    return found === undefined ? [] : [{ path, at: 'value', part: found, message, hint }];
  };
  const each = (key: string, texts: readonly unknown[] = []): readonly Finding[] =>
    texts.flatMap((text, index) => (typeof text === 'string' ? find(text, key, index) : []));
  return [
    ...Object.entries(task.env).flatMap(([name, value]) => find(value, 'env', name)),
    ...each('inputs', task.inputs),
    ...each('outputs', task.outputs),
    ...each('watch', task.watch),
    ...find(task.container ?? '', 'container'),
    ...find(task.cwd ?? '', 'cwd'),
  ];
}

/** A command in `$(…)`, or a variable that everybody has or that the value is of itself. Other signs may be meant as they are. */
export function shellPart(text: string, name: string | number = ''): string | undefined {
  const variable = /\$(?:\(.*\)|(\w+)|\{(\w+).*?\})/g;
  const known = ['HOME', 'PATH', 'PWD', name];
  const isRead = ([, bare, braced]: RegExpMatchArray): boolean => {
    const used = bare ?? braced;
    return used === undefined || known.includes(used);
  };
  return [...text.matchAll(variable)].find(isRead)?.[0];
}
