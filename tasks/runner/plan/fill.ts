import { fillCommand } from '../config/command-text.ts';
import { writtenFor } from '../config/names.ts';
import { fillTemplate } from '../config/template.ts';
import type { Config } from '../config/types.ts';
import type { Request } from './bind.ts';

/** How the names in a text are filled in: as they are, or for a shell. */
export type Fill = { readonly plain: (text: string) => string; readonly command: (text: string) => string };

/**
 * What `${name}` stands for in the texts of a task: a param, which is empty where none was given, a matrix key or a var. In a
 * command, vars stand as they are written; params and args are quoted.
 */
export function fillOf(config: Config, { task, params, args }: Request): Fill {
  const written = writtenFor(config, task);
  const given = (name: string) => (Object.hasOwn(params, name) ? (params[name] ?? '') : undefined);
  const words = (name: string): readonly string[] | undefined => {
    const param = name === 'args' ? args : given(name);
    return param === undefined || typeof param === 'object' ? param : [String(param)];
  };
  return {
    plain: (text) => fillTemplate(text, (name) => String(given(name) ?? written(name))),
    command: (text) => fillCommand(text, { written, words }),
  };
}
