import { type LineMasker, makeLineMasker } from './secrets/lines.ts';

/** Values that no output may show: the environment variables that the config names under `secrets`. */
export type Secrets = {
  /** Adds the values that these variables have in any of the environments. */
  readonly learn: (names: readonly string[], envs: readonly Readonly<Record<string, string | undefined>>[]) => void;
  /** The variables whose value is too short to be told from ordinary words, and is therefore not masked. */
  readonly tooShort: () => readonly string[];
  /** The values themselves: for whoever must keep them out of what it stores. */
  readonly values: () => readonly string[];
  readonly mask: (text: string) => string;
  /** The same for every text inside of a value; the value itself where there is nothing to mask. */
  readonly maskAll: <Value>(value: Value) => Value;
  /** For one stream of lines, where a value may go on in the next line. */
  readonly makeLineMasker: () => LineMasker;
};

/** Shorter values, and shorter parts of a value, are not looked for. */
export const shortestSecret = 4;
const shortestLine = 8;
const stars = '***';

/** Makes the set of secrets of one run; as long as it is empty, masking costs nothing. */
export function makeSecrets(): Secrets {
  const values = new Set<string>();
  const short = new Set<string>();
  let needles: readonly string[] = [];
  const mask = (text: string): string => (needles.length === 0 ? text : cover(text, needles));
  return {
    learn: (names, envs) => {
      for (const name of names) {
        for (const value of envs.flatMap((env) => env[name]?.trim() ?? [])) {
          if (value.length >= shortestSecret) values.add(value);
          else if (value !== '') short.add(name);
        }
      }
      needles = [...new Set([...values].flatMap(formsOf))].filter((form) => form.length >= shortestSecret);
    },
    tooShort: () => [...short],
    values: () => [...values],
    mask,
    maskAll: (value) => (needles.length === 0 ? value : maskAll(value, mask)),
    makeLineMasker: () => makeLineMasker([...values].map(withoutBreaks), mask),
  };
}

/** A value as it is, and as tools print it: quoted, in a URL, in JSON, in base64; of several lines, also each by itself. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    value.replaceAll("'", `'\\''`),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((shift) => insideBase64(bytes, shift)),
    ...value.split(/\r?\n/).filter((line) => line.length >= shortestLine),
  ];
}

/** What base64 makes of a value that stands behind `shift` other bytes, as in `user:password`: the signs that are of it alone. */
function insideBase64(bytes: Buffer, shift: number): readonly string[] {
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor(((shift + bytes.length) * 8) / 6);
  const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
  return (['base64', 'base64url'] as const).map((encoding) => shifted.toString(encoding).slice(from, to));
}

function withoutBreaks(value: string): string {
  return value.replaceAll(/\r?\n/g, '');
}

/** Replaces what lies under any needle; where two overlap, both are covered whole. */
function cover(text: string, needles: readonly string[]): string {
  const ranges = needles.flatMap((needle) => rangesOf(text, needle)).sort((a, b) => a.from - b.from);
  if (ranges.length === 0) return text;
  let shown = '';
  let at = 0;
  for (const { from, to } of ranges) {
    if (from >= at) shown += text.slice(at, from) + stars;
    at = Math.max(at, to);
  }
  return shown + text.slice(at);
}

function rangesOf(text: string, needle: string): { readonly from: number; readonly to: number }[] {
  const ranges = [];
  for (let from = text.indexOf(needle); from !== -1; from = text.indexOf(needle, from + 1))
    ranges.push({ from, to: from + needle.length });
  return ranges;
}

function maskAll<Value>(value: Value, mask: (text: string) => string): Value {
  if (typeof value === 'string') return mask(value) as Value;
  if (Array.isArray(value)) return value.map((item) => maskAll(item, mask)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskAll(inner, mask)])) as Value;
}
