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
};

/** `user:` and what cannot be a port: the slash behind it belongs to a password that should have been encoded. */
const BEGINS_PASSWORD = /^[^:[]*:(?!\d*$)/;

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
    open = { from, depth: depthOf(decoded, from - 1), needsPassword, to: from };
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
    else if (!isDeeper && (char === '&' ? hasParameters : isEnd(text, at, open))) close();
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

function isEnd(text: string, at: number, { from, to }: Authority): boolean {
  const isDelimiter = isSlash(text[at]) || text[at] === '?' || text[at] === '#';
  return isDelimiter && (to > from || !BEGINS_PASSWORD.test(text.slice(from, at)));
}

/** Browsers read a backslash as one. */
function isSlash(char: string | undefined): boolean {
  return char === '/' || char === '\\';
}
