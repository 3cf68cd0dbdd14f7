import { varsOf } from '../config/names.ts';
import { shellQuote } from '../config/template.ts';
import type { Config } from '../config/types.ts';
import type { Request } from './bind.ts';

/** How the names in a text are filled in: as they are, or for a shell. */
export type Fill = { readonly plain: (name: string) => string; readonly shell: (name: string) => string };

/** What `${name}` stands for in the texts of a task: a param, a matrix key or a var. In a command, vars stand as they are written; params and args are quoted. */
export function fillOf(config: Config, { task, params, args }: Request): Fill {
  const written = (name: string): string => task.cell?.values[name] ?? varsOf(config, task)[name] ?? '';
  return {
    plain: (name) => String(params[name] ?? written(name)),
    shell: (name) => {
      if (name === 'args') return args.map(shellQuote).join(' ');
      const param = params[name];
      return param === undefined ? written(name) : shellQuote(String(param));
    },
  };
}
