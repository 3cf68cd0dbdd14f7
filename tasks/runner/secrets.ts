import { type Needle, needlesOf, shortestSecret, stars, wrappedFormsOf } from './secrets/forms.ts';
import { type LineMasker, makeLineMasker } from './secrets/lines.ts';
import { withoutEscapes } from './text/safe-text.ts';

/** Values that no output may show: the environment variables that the config names under `secrets`. */
export type Secrets = {
  /** Adds the values that these variables have in any of the environments. */
  readonly learn: (names: readonly string[], envs: readonly Readonly<Record<string, string | undefined>>[]) => void;
  /** The variables whose value is too short to be told from ordinary words, and is therefore not masked. */
  readonly tooShort: () => readonly string[];
  /** The values themselves: for whoever must keep them out of what it stores. */
  readonly values: () => readonly string[];
  readonly mask: (text: string) => string;
  /** The same for every text inside of a value, but for those that are to stay; the value itself where there is nothing to mask. */
  readonly maskAll: <Value>(value: Value, stays: Stays) => Value;
  /** How much of a text can be shown without what comes next: all of it but what may be the beginning of a value. */
  readonly cutOf: (text: string) => number;
  /** For one stream of lines, where a value may go on in the next line. */
  readonly makeLineMasker: () => LineMasker;
};

/** Whether a text at a key is none that a secret could be in, though it may be the same by chance. */
export type Stays = (key: string, text: string) => boolean;

/** Makes the set of secrets of one run; as long as it is empty, masking costs nothing. */
export function makeSecrets(): Secrets {
  const values = new Set<string>();
  const short = new Set<string>();
  let needles: readonly Needle[] = [];
  const mask = (text: string): string => (needles.length === 0 ? text : coverShown(text, needles));
  return {
    learn: (names, envs) => {
      for (const name of names) {
        for (const value of envs.flatMap((env) => env[name]?.trim() ?? [])) {
          if (value.length >= shortestSecret) values.add(value);
          else if (value !== '') short.add(name);
        }
      }
      needles = [...values].flatMap((value) => needlesOf(value, 'utf8'));
    },
    tooShort: () => [...short],
    values: () => [...values],
    mask,
    maskAll: (value, stays) => (needles.length === 0 ? value : maskAll(value, { mask, stays, key: '' })),
    cutOf: (text) => cutBeforeValues(text, needles),
    makeLineMasker: () => makeLineMasker([...values].flatMap(wrappedFormsOf), mask),
  };
}

/** As cover(), also where colours or the like stand inside of a value; the line is then left without any. */
function coverShown(text: string, needles: readonly Needle[]): string {
  const covered = cover(text, needles);
  if (!/[\u001B\u009B]/.test(text)) return covered;
  const bare = withoutEscapes(covered);
  const bareCovered = cover(bare, needles);
  return bareCovered === bare ? covered : bareCovered;
}

/** Replaces what lies under any needle; where two overlap, both are covered whole. */
function cover(text: string, needles: readonly Needle[]): string {
  const ranges = needles.flatMap(({ pattern }) => rangesOf(text, pattern)).sort((a, b) => a.from - b.from);
  if (ranges.length === 0) return text;
  let shown = '';
  let at = 0;
  for (const { from, to } of ranges) {
    if (from >= at) shown += text.slice(at, from) + stars;
    at = Math.max(at, to);
  }
  return shown + text.slice(at);
}

/** Leaves at the end as much as a value may be long, but no more than the half, and cuts none in two. */
function cutBeforeValues(text: string, needles: readonly Needle[]): number {
  const longest = Math.max(0, ...needles.map((needle) => needle.longest));
  let cut = text.length - Math.min(longest, text.length >> 1);
  const start = Math.max(0, cut - longest);
  const ranges = needles.flatMap(({ pattern }) => rangesOf(text.slice(start), pattern));
  for (const { from, to } of ranges.sort((a, b) => b.to - a.to)) {
    const isCut = start + from < cut && start + to > cut;
    if (isCut && start + from > 0) cut = start + from;
  }
  return cut;
}

function rangesOf(text: string, pattern: RegExp): { readonly from: number; readonly to: number }[] {
  const ranges = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    ranges.push({ from: match.index, to: match.index + match[0].length });
    pattern.lastIndex = match.index + 1;
  }
  return ranges;
}

type Masking = { readonly mask: (text: string) => string; readonly stays: Stays; readonly key: string };

function maskAll<Value>(value: Value, masking: Masking): Value {
  const { mask, stays, key } = masking;
  if (typeof value === 'string') return (stays(key, value) ? value : mask(value)) as Value;
  if (Array.isArray(value)) return value.map((item) => maskAll(item, masking)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskAll(inner, { ...masking, key: name })]),
  ) as Value;
}
