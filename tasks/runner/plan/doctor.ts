import type { OutputName } from '../args.ts';
import { listed, usageError } from '../errors.ts';
import type { Request } from './bind.ts';

const formats = ['json', 'markdown', 'checklist', 'checks'] as const;

/** In which form the doctor answers; `checks` and `about` only tell of the checks and run none. */
export type DoctorFormat = (typeof formats)[number] | 'about' | 'text';

export type DoctorRequest = {
  /** Ids or names; all checks without any. */
  readonly words: readonly string[];
  /** Ids or names of checks that are left out. */
  readonly skip: readonly string[];
  readonly strict: boolean;
  readonly format: DoctorFormat;
};

/** What the words and flags after `doctor` ask for. */
export function readDoctorRequest(
  { params, args }: Pick<Request, 'params' | 'args'>,
  output: OutputName | undefined,
): DoctorRequest {
  const about = String(params.about ?? '');
  const asked: readonly DoctorFormat[] = [
    ...formats.filter((name) => params[name] === true),
    ...(about === '' ? [] : (['about'] as const)),
  ];
  if (asked.length > 1) throw usageError(`${listed(asked.map((name) => `--${name}`))} cannot be used together`);
  const [format = output === 'json' ? 'json' : 'text'] = asked;
  if (output === 'json' && format !== 'json')
    throw usageError(`\`--${format}\` and \`--output=json\` cannot be used together`);
  return {
    words: about === '' ? args : [about, ...args],
    skip: String(params.skip ?? '')
      .split(',')
      .filter((word) => word !== ''),
    strict: params.strict === true,
    format,
  };
}
