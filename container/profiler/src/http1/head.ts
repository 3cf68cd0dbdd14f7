/** What the head of a message says, as far as exchanges depend on it: the first line, and how the body ends. */

/** How the body behind a head ends. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'counted'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** It lasts as long as the connection. */
  | { readonly kind: 'until-close' }
  /** What follows is another protocol. */
  | { readonly kind: 'tunnel' };

/** The headers that say how the body ends; undefined where there is none. */
export type Lengths = {
  /** All values, joined; a number where somebody else has read it. */
  readonly contentLength: string | number | undefined;
  /** The last value: only the last of a list says how the body ends. */
  readonly transferEncoding: string | undefined;
};

export type Head = Lengths & {
  /** The first line, without its end. */
  readonly firstLine: string;
};

/** What the kernel knows for sure of a message whose head was not copied. */
export type Framed = {
  /** The length of the head. */
  readonly headBytes: number;
  /** The length of the body; undefined where it lasts as long as the connection. */
  readonly bodyBytes: number | undefined;
};

export type RequestLine = { readonly method: string; readonly target: string; readonly protocol: string };

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const LENGTH = 'content-length:';
const ENCODING = 'transfer-encoding:';
/** So much is kept of values that a head gives again and again. */
const MAX_LIST_BYTES = 1_024;
/**
 * A method's characters (RFC 9110, 5.6.2), a target without blanks, and a version that is framed as HTTP/1 is. Each character
 * is a byte: `\s` would take 0xA0 for a blank, which is a part of many characters in UTF-8.
 */
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\t-\r ]+) ((?:HTTP|RTSP|ICE)\/1\.\d|HTTP\/0\.9)$/;
/**
 * The same with blanks in the target or behind the version, or with another one: what servers refuse, most of them. Each part
 * says where it ends, so that no line is tried in many ways.
 */
const REFUSED_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\t\v\f ]*[^\t-\r ].*) (HTTP\/\d(?:\.\d)?)[\t ]*$/;
/** No such line either, but one that speaks of HTTP. */
const MENTIONS_HTTP = /\bHTTP\/\d/i;
const BEGINNING = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ (?:\/|\*|https?:\/\/)/i;
export const OLDEST = 'HTTP/0.9';
/** HTTP/0.9 knew one method, and no versions. */
const OLDEST_REQUEST_LINE = /^(GET) (\/[^\t-\r ]*)$/;
const STATUS_LINE = /^(?:(?:HTTP|RTSP|ICE)\/1\.\d|HTTP\/0\.9) \d{3}(?: |$)/;
const NUMBER = /^\d{1,15}$/;
const NOTHING: Framing = { kind: 'none' };

/** Undefined for what is not the first line of a request in HTTP/1.x or its like. */
export function parseRequestLine(line: string): RequestLine | undefined {
  const [, method, target, protocol = OLDEST] = REQUEST_LINE.exec(line) ?? OLDEST_REQUEST_LINE.exec(line) ?? [];
  if (method === undefined || target === undefined) return undefined;
  return { method, target, protocol };
}

/** What a request line that is none was meant to say; undefined if that is not certain. */
export function parseRefusedLine(line: string): RequestLine | undefined {
  const [, method, target, protocol] = REFUSED_LINE.exec(line) ?? [];
  if (method === undefined || target === undefined || protocol === undefined) return undefined;
  return { method, target, protocol };
}

/** May a line that is no request's be meant for one all the same? */
export function mentionsHttp(line: string): boolean {
  return MENTIONS_HTTP.test(line);
}

/** Is this the beginning of a request line, as far as one can tell without its end? */
export function beginsRequest(text: string): boolean {
  return BEGINNING.test(text);
}

/** Undefined for what is not the first line of a response in HTTP/1.x or its like. */
export function parseStatusLine(line: string): number | undefined {
  if (!STATUS_LINE.test(line)) return undefined;
  const at = line.indexOf(' ') + 1;
  return Number(line.slice(at, at + 3));
}

/** The head at the beginning of a text, with its length up to and with the empty line; undefined if it does not end there. */
export function parseHead(text: string): (Head & { readonly bytes: number }) | undefined {
  const firstEnd = text.indexOf('\n');
  let contentLength: Lengths['contentLength'];
  let transferEncoding: string | undefined;
  let lineEnd = firstEnd;
  while (lineEnd !== -1) {
    const start = lineEnd + 1;
    const first = text.charCodeAt(start);
    if (first === LF || (first === CR && text.charCodeAt(start + 1) === LF)) {
      const bytes = start + (first === LF ? 1 : 2);
      return { firstLine: trimLine(text.slice(0, firstEnd)), contentLength, transferEncoding, bytes };
    }
    lineEnd = text.indexOf('\n', start);
    // `C` and `T`, of either case: most other lines need no closer look.
    const letter = first | 32;
    if (letter !== 99 && letter !== 116) continue;
    while (lineEnd !== -1 && isFold(text.charCodeAt(lineEnd + 1))) lineEnd = text.indexOf('\n', lineEnd + 1);
    if (lineEnd === -1) return undefined;
    if (letter === 99) contentLength = joinLength(contentLength, readValue(text, start, lineEnd, LENGTH));
    else transferEncoding = readValue(text, start, lineEnd, ENCODING) ?? transferEncoding;
  }
  return undefined;
}

/** What is known of lengths after one more line of a head, in few bytes; the same object where it says nothing of them. */
export function readLengths(line: string, before: Lengths): Lengths {
  const { contentLength, transferEncoding } = before;
  const length = readValue(line, 0, line.length, LENGTH);
  if (length !== undefined) return { contentLength: shorten(joinLength(contentLength, length)), transferEncoding };
  const encoding = readValue(line, 0, line.length, ENCODING);
  if (encoding !== undefined) return { contentLength, transferEncoding: isChunked(encoding) ? 'chunked' : 'other' };
  return before;
}

/** Does a line that begins with it go on with the one before (RFC 9112, 5.2)? */
export function isFold(first: number): boolean {
  return first === SPACE || first === TAB;
}

/** How the body of a request ends; undefined if the head contradicts itself. */
export function frameRequest(head: Lengths): Framing | undefined {
  if (head.transferEncoding !== undefined) return isChunked(head.transferEncoding) ? { kind: 'chunked' } : undefined;
  if (head.contentLength === undefined) return NOTHING;
  return frameCounted(head.contentLength);
}

/** How the body of a response to `method` ends; undefined if the head contradicts itself. */
export function frameResponse(head: Lengths, status: number, method: string): Framing | undefined {
  if (status === 101 || (method === 'CONNECT' && status >= 200 && status < 300)) return { kind: 'tunnel' };
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return NOTHING;
  if (head.transferEncoding !== undefined) {
    return isChunked(head.transferEncoding) ? { kind: 'chunked' } : { kind: 'until-close' };
  }
  if (head.contentLength === undefined) return { kind: 'until-close' };
  return frameCounted(head.contentLength);
}

/** The size that a chunk's first line gives; undefined if it gives none. */
export function parseChunkSize(line: string): number | undefined {
  const digits = /^0*([0-9a-f]{1,13})[ \t]*(?:;|$)/i.exec(line)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** A line without the CR that its LF left behind. */
export function trimLine(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The value of the header `name`, whose lines are one; undefined for another header. */
function readValue(text: string, start: number, end: number, name: string): string | undefined {
  if (text.slice(start, start + name.length).toLowerCase() !== name) return undefined;
  return text
    .slice(start + name.length, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .trim();
}

/** Values of the same name count as a list. One that is cut off contradicts the others. */
function joinLength(before: Lengths['contentLength'], value: string | undefined): Lengths['contentLength'] {
  if (before === undefined || value === undefined) return value ?? before;
  return `${before}, ${value}`.slice(0, MAX_LIST_BYTES);
}

/** What says the same as all values: one number, or something that contradicts any. */
function shorten(value: Lengths['contentLength']): Lengths['contentLength'] {
  const framing = value === undefined ? undefined : frameCounted(value);
  return framing?.kind === 'counted' ? framing.bytes : 'none';
}

function frameCounted(value: string | number): Framing | undefined {
  if (typeof value === 'number') return { kind: 'counted', bytes: value };
  const [first = '', ...others] = value.split(',').map((part) => part.trim());
  const isNumber = NUMBER.test(first) && others.every((other) => NUMBER.test(other) && Number(other) === Number(first));
  return isNumber ? { kind: 'counted', bytes: Number(first) } : undefined;
}

function isChunked(transferEncoding: string): boolean {
  return /(?:^|,)[ \t]*chunked$/i.test(transferEncoding);
}
