/**
 * The cases of llhttp's own tests, where `LLHTTP_CASES` names their file: what llhttp reads without an error, strictly, is
 * told alike, under any split; of what it refuses nothing is invented.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChunkSize, parseHead } from '../../container/profiler/src/http1/head.ts';
import { answer, ask, openWire, type Wire } from '../helpers/wire.ts';

type Message = {
  readonly method: string | null;
  readonly url: string | null;
  readonly status: number | null;
  readonly body_len: number;
  readonly complete: boolean;
  readonly headers_complete: boolean;
};
type Case = {
  readonly file: string;
  readonly title: string;
  readonly type: string;
  /** `skipBody` is told to llhttp by its caller, which knows that the request was HEAD. */
  readonly meta: { readonly skipBody?: boolean };
  readonly raw_b64: string;
  readonly messages: readonly Message[];
  readonly error: unknown;
};

const path = process.env.LLHTTP_CASES;
const all = path === undefined ? [] : (JSON.parse(readFileSync(path, 'utf8')) as Case[]);
const isStrict = ({ type }: Case) => type === 'request' || type === 'response';
const named = (list: readonly Case[]) =>
  list.map((each) => [`${each.file.replace('test/', '')}: ${each.title}`, each] as const);
/** Where the file, not the wire, differs from what is told. */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  // The file counts the body before its escapes were undone, which left backslashes in the bytes.
  'response/content-length.md: Response without `Content-Length`, but with body': ['200 317'],
  // The one byte of the body is a line feed, which the file does not count.
  'response/sample.md: amazon.com': ['301 1'],
  // The file leaves the line ends within the body uncounted.
  'response/transfer-encoding.md: `chunkedchunked` transfer-encoding does not enable chunked enconding': ['200 12'],
  // No request's body can be skipped: what follows is the body that its head promises.
  'request/content-length.md: Content-Length reset when no body is received': ['PUT /url 43'],
};
const splits = fc.array(fc.nat(2_000), { maxLength: 12 });

describe.skipIf(path === undefined)('llhttp', () => {
  test('all cases are here', () => {
    expect([all.length, good.length, all.filter(({ error }) => error !== null).length]).toEqual([246, 117, 98]);
  });

  const good = all.filter((each) => isStrict(each) && each.error === null);
  test.each(named(good))('%s', (name, each) => {
    fc.assert(
      fc.property(splits, (cuts) => {
        expect(told(each, cuts)).toEqual(otherwise[name] ?? expectedOf(each));
      }),
      { numRuns: 8 },
    );
  });

  // We are more patient than llhttp (bare line feeds, odd headers): what is told must stand on the wire, word for word.
  test.each(named(all.filter(({ error }) => error !== null)))('refused: %s', (_name, each) => {
    fc.assert(
      fc.property(splits, (cuts) => {
        const lines = rawOf(each).split('\n');
        const isThere = (seen: string) => lines.some((line) => line.includes(seen.replace(/ \d+$/, '')));
        expect(told(each, cuts).filter((seen) => !isThere(seen))).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });
});

function inShort({ method, url, status }: Message): string {
  return status === null ? `${method} ${url}` : String(status);
}

function expectedOf({ messages }: Case): readonly string[] {
  const isInterim = ({ status }: Message) => status !== null && status < 200 && status !== 101;
  return messages
    .filter((message) => message.headers_complete && !isInterim(message))
    .map((each) => `${inShort(each)} ${each.body_len}`);
}

function told(each: Case, cuts: readonly number[]): readonly string[] {
  const raw = rawOf(each);
  return each.type.startsWith('request') ? requestsIn(raw, cuts) : responsesIn(raw, cuts, each);
}

function rawOf(each: Case): string {
  return Buffer.from(each.raw_b64, 'base64').toString('latin1');
}

/** Nobody answers: every request is told when the connection is closed. */
function requestsIn(raw: string, cuts: readonly number[]): readonly string[] {
  const wire = openWire();
  wire.send(...split(raw, cuts).map((text) => ask(text)));
  wire.connection.closed(true);
  let at = 0;
  return wire.exchanges.map(({ method, target, requestBytes }) => {
    at = skipBlank(raw, at);
    const body = bodyLength(requestBytes === 0 ? raw.slice(at) : raw.slice(at, at + requestBytes));
    at += requestBytes;
    return `${method} ${target} ${body}`;
  });
}

function responsesIn(raw: string, cuts: readonly number[], { messages, meta }: Case): readonly string[] {
  const wire: Wire = openWire();
  const method = meta.skipBody === true ? 'HEAD' : 'GET';
  wire.send(ask(`${method} / HTTP/1.1\r\n\r\n`.repeat(Math.max(messages.length, 1))));
  wire.send(...split(raw, cuts).map((text) => answer(text)));
  wire.connection.responsesEnded(true);
  let at = 0;
  return wire.exchanges
    .filter(({ status }) => status !== undefined)
    .map(({ status, responseBytes }) => {
      let left = responseBytes;
      at = skipBlank(raw, at);
      for (let head = interimHead(raw, at); head > 0; head = interimHead(raw, at)) {
        left -= head;
        at = skipBlank(raw, at + head);
      }
      const body = bodyLength(raw.slice(at, at + left));
      at += left;
      return `${status} ${body}`;
    });
}

/** Empty lines before a message belong to none. */
function skipBlank(raw: string, at: number): number {
  return at + (/^[\r\n]*/.exec(raw.slice(at))?.[0].length ?? 0);
}

/** The length of an interim response's head; 0 if none stands there. */
function interimHead(raw: string, at: number): number {
  return /^HTTP\/1\.\d 1(?!01)\d\d/.test(raw.slice(at)) ? (parseHead(raw.slice(at))?.bytes ?? 0) : 0;
}

/** Bytes of a message's body without its framing: read from the wire again, independently of the reader. */
function bodyLength(message: string): number {
  const head = parseHead(message);
  if (head === undefined) return 0;
  const body = message.slice(head.bytes);
  if (!/(^|,)\s*chunked$/i.test(head.transferEncoding ?? '')) return body.length;
  let sum = 0;
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\n', at);
    const size = parseChunkSize(body.slice(at, end).trimEnd());
    if (end === -1 || size === undefined || size === 0) break;
    sum += Math.min(size, body.length - end - 1);
    at = end + 1 + size + 2;
  }
  return sum;
}

function split(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index])).filter((part) => part !== '');
}
