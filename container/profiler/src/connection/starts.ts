/** What the pieces of a stream may begin with, where it is not known where messages begin. */
import { OLDEST, parseRequestLine } from '../http1/head.ts';
import type { Piece } from './piece.ts';

/**
 * Empty lines before a request are tolerated (RFC 9112, 2.2). Where a piece may begin in the middle of anything, what begins with
 * another method may as well be the end of a longer one.
 */
const REQUEST_START = /^[\r\n]*(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) /;
const START_BYTES = 25;
const FIRST_LINE = /^[\r\n]*([^\r\n]+)\r?\n/;
const RESPONSE_STARTS = ['HTTP/1.', 'HTTP/0.', 'RTSP/1.', 'ICE/1.'];

const REQUEST_WITHIN = /\n\r?\n(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\t-\r ]+ HTTP\/1\.\d\r?\n)/;

const STATUS_WITHIN = /HTTP\/1\.\d \d{3}[ \r]/;

/** How many bytes into a piece the first request stands that follows an empty line; undefined if none does. */
export function requestWithin(piece: Piece<unknown>): number | undefined {
  const found = REQUEST_WITHIN.exec(piece.bytes.toString('latin1', piece.from, piece.from + piece.cap));
  return found === null ? undefined : found.index + found[0].length;
}

function startsRequest({ bytes, from, cap }: Piece<unknown>): boolean {
  return hasKnownMethod(bytes.toString('latin1', from, from + Math.min(cap, START_BYTES)));
}

/** Does it begin with a method that is no end of a longer one, or not likely? */
export function hasKnownMethod(text: string): boolean {
  return REQUEST_START.test(text);
}

/** Does a request begin with the piece, wherever it stands? */
export function isRequestStart(piece: Piece<unknown>): boolean {
  return piece.framed !== undefined || startsRequest(piece);
}

/** Is it certain that a request begins, on a connection of which nothing else is known? */
export function isRequestHead(piece: Piece<unknown>): boolean {
  if (piece.framed !== undefined) return !mayStartResponse(piece);
  const [, line] = FIRST_LINE.exec(piece.bytes.toString('latin1', piece.from, piece.from + piece.cap)) ?? [];
  const parsed = line === undefined ? undefined : parseRequestLine(line);
  // Other protocols have lines like those of HTTP/0.9.
  return parsed !== undefined && parsed.protocol !== OLDEST;
}

export function mayStartResponse(piece: Piece<unknown>): boolean {
  const text = piece.bytes.toString('latin1', piece.from, piece.from + Math.min(piece.cap, 16)).trimStart();
  return text !== '' && RESPONSE_STARTS.some((start) => start.startsWith(text) || text.startsWith(start));
}

/** Does a response begin somewhere in the piece, be it behind the end of another? */
export function holdsResponse(piece: Piece<unknown>): boolean {
  return STATUS_WITHIN.test(piece.bytes.toString('latin1', piece.from, piece.from + piece.cap));
}

/** Of bytes that are not read, or cannot be: do they seem to begin a response? */
export function mayAnswer(piece: Piece<unknown>): boolean {
  return piece.cap === 0 || mayStartResponse(piece);
}

const INTERIM = /^HTTP\/1\.\d 1(?!01)\d\d (?![\s\S]*\nHTTP\/1\.)/;

/** Does a response begin that no other follows for the same request, as one does behind `100 Continue`? */
export function startsAnswer(piece: Piece<unknown>): boolean {
  const { bytes, from, cap, framed, length } = piece;
  const isMore = framed !== undefined && length > framed.headBytes;
  return mayStartResponse(piece) && (isMore || !INTERIM.test(bytes.toString('latin1', from, from + cap)));
}

const STATUS = /^HTTP\/1\.\d (?:[2-9]|1\d\d )/;

/** Does so much come of a response that begins that one would know an interim one? */
export function saysStatus({ bytes, from, cap }: Piece<unknown>): boolean {
  return STATUS.test(bytes.toString('latin1', from, from + cap));
}

/** Does a message seem to begin with the piece? */
export function startsMessage(piece: Piece<unknown>): boolean {
  return isRequestStart(piece) || mayStartResponse(piece);
}
