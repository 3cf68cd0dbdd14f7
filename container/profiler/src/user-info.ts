/** Who logs in, and with what, in a URL: `user:password@` before a host. */
import { type Decoded, depthOf, type Span } from './percent.ts';

/** The place where a host may stand, or who logs in there. */
type Authority = {
  readonly from: number;
  readonly depth: number;
  /** A value is no URL for certain: `joe@example.org` is an address, `joe:word@example.org` a login. */
  readonly needsPassword: boolean;
  /** Where its last `@` is. */
  to: number;
  seems: Seeming;
};

/**
 * What an authority's characters so far seem to be: `user`, or a host's name; `user:` and what may be a port; what cannot be one,
 * so that a slash behind it belongs to a password that should have been encoded; `[` with which an address begins.
 */
type Seeming = 'user' | 'port' | 'password' | 'address';

/** What stands before an `@` behind `//` or `scheme:/`, and at the beginning of a target that is no path; `user:password@` as a parameter too. */
export function findUserInfo(decoded: Decoded): readonly Span[] {
  const { text } = decoded;
  if (!text.includes('@')) return [];
  const found: Span[] = [];
  let open: Authority | undefined;
  let hasParameters = false;
  const close = (): void => {
    if (open !== undefined && isLogin(text, open)) found.push(open);
    open = undefined;
  };
  const begin = (from: number, needsPassword: boolean): void => {
    close();
    open = { from, depth: depthOf(decoded, from - 1), needsPassword, to: from, seems: 'user' };
  };
  if (!isSlash(text[0])) begin(0, false);
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '?' || char === '#' || char === ';') hasParameters = true;
    // What is encoded deeper than the place itself is a part of the password.
    const isDeeper = open !== undefined && depthOf(decoded, at) > open.depth;
    const isWithin = isDeeper && open?.needsPassword === false;
    if (beginsHost(text, at) && !isWithin) begin(at + 1, false);
    else if (char === '=' && hasParameters && open === undefined) begin(at + 1, true);
    else if (open === undefined) continue;
    else if (char === '@') open.to = at;
    else if (!isDeeper && (char === '&' ? hasParameters : isEnd(char, open))) close();
    // Of one that begins here, the next character is the first.
    if (open !== undefined && open.from <= at) open.seems = goOn(open.seems, char);
  }
  close();
  return found;
}

function beginsHost(text: string, at: number): boolean {
  return isSlash(text[at]) && (text[at - 1] === ':' || isSlash(text[at - 1]));
}

function isLogin(text: string, { from, to, needsPassword }: Authority): boolean {
  return to > from && (!needsPassword || text.slice(from, to).includes(':'));
}

function isEnd(char: string | undefined, { from, to, seems }: Authority): boolean {
  const isDelimiter = isSlash(char) || char === '?' || char === '#';
  return isDelimiter && (to > from || seems !== 'password');
}

function goOn(seems: Seeming, char: string | undefined): Seeming {
  if (seems === 'user') return char === ':' ? 'port' : char === '[' ? 'address' : 'user';
  return seems === 'port' && !/\d/.test(char ?? '') ? 'password' : seems;
}

/** Browsers read a backslash as one. */
function isSlash(char: string | undefined): boolean {
  return char === '/' || char === '\\';
}
