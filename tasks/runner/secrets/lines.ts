import type { OnLine } from '../process/output.ts';
import { stars } from './forms.ts';

/** Masks one stream of lines. A line whose end may be the beginning of a secret is held until the next one tells. */
export type LineMasker = {
  /** Takes a line and gives the lines that can be shown now. */
  readonly push: (line: string) => readonly string[];
  /** Gives the lines that were still held. */
  readonly end: () => readonly string[];
};

/** So much of a secret at the end of a line makes it wait: less would hold up too much that is none. */
const shortestBeginning = 4;

type Held = { readonly lines: readonly string[]; readonly open: readonly Open[] };

/** A secret that has begun in the first held line, at `from`, and of which `matched` characters were seen. */
type Open = { readonly secret: string; readonly from: number; readonly matched: number };

const nothing: Held = { lines: [], open: [] };

/** Makes the masker of one stream. `secrets` are without their line breaks, since those may stand anywhere. */
export function makeLineMasker(secrets: readonly string[], mask: (text: string) => string): LineMasker {
  if (secrets.length === 0) return { push: (line) => [line], end: () => [] };
  let held = nothing;

  const push = (line: string): readonly string[] => {
    if (held.lines.length === 0) return begin(line);
    const ended = held.open.find(({ secret, matched }) => line.startsWith(secret.slice(matched)));
    if (ended !== undefined) return finish(ended, line);
    const open = held.open
      .filter(({ secret, matched }) => line !== '' && secret.startsWith(line, matched))
      .map((one) => ({ ...one, matched: one.matched + line.length }));
    if (open.length === 0) return [...release(), ...push(line)];
    held = { lines: [...held.lines, line], open };
    return [];
  };

  function begin(line: string): readonly string[] {
    const open = secrets.flatMap((secret) => beginningIn(line, secret));
    if (open.length === 0) return [mask(line)];
    held = { lines: [line], open };
    return [];
  }

  function finish({ secret, from, matched }: Open, line: string): readonly string[] {
    const [first = '', ...inside] = held.lines;
    held = nothing;
    const rest = stars + line.slice(secret.length - matched);
    return [mask(first.slice(0, from) + stars), ...inside.map(() => stars), ...begin(rest)];
  }

  /** It was none: the first line is shown, and those after it are looked at anew. */
  function release(): readonly string[] {
    const [first = '', ...others] = held.lines;
    held = nothing;
    return [mask(first), ...others.flatMap(push)];
  }

  function end(): readonly string[] {
    if (held.lines.length === 0) return [];
    const rest = [...release(), ...held.lines.map(mask)];
    held = nothing;
    return rest;
  }

  return { push, end };
}

/** Masks what comes in lines and pieces of lines. The masker gives as many as it takes, in their order. */
export function maskLines(
  { push, end }: LineMasker,
  onLine: OnLine,
): { readonly push: OnLine; readonly end: () => void } {
  /** Of those that the masker still has, the first first: whether it goes on. */
  const goOn: boolean[] = [];
  const give = (lines: readonly string[]): void => {
    for (const line of lines) onLine(line, goOn.shift() === true);
  };
  return {
    push: (line, goesOn) => {
      goOn.push(goesOn);
      give(push(line));
    },
    end: () => give(end()),
  };
}

/** The longest beginning of the secret with which the line ends. */
function beginningIn(line: string, secret: string): readonly Open[] {
  for (let length = Math.min(secret.length - 1, line.length); length >= shortestBeginning; length--) {
    if (line.endsWith(secret.slice(0, length))) return [{ secret, from: line.length - length, matched: length }];
  }
  return [];
}
