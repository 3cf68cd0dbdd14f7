/** Requests that are not read to their end: refused, cut short by their answer, or perhaps none at all. */
import { nameRequest, type Pending, type Process } from '../exchange.ts';
import { beginsRequest, mentionsHttp, parseRefusedLine } from '../http1/head.ts';
import { admit, type Dialogue, finish, isHeadComing } from './dialogue.ts';
import type { Piece } from './piece.ts';
import { hasKnownMethod, mayStartResponse } from './starts.ts';

/** What may have been meant for a request is answered before so much more of it has come, or it is a text, as a log is. */
const MOST_DOUBTFUL_BYTES = 65_536;

/** The request that is arriving is not read to its end, and where the next one begins is not known: it may still be answered. */
export function cutShort(dialogue: Dialogue): void {
  const { arriving: request, line } = dialogue;
  if (request === undefined) return;
  const isHttp = seemsHttp(dialogue);
  stopReading(dialogue);
  if (request.method !== '' && !request.isAdmitted) admit(dialogue, request);
  if (request.isAdmitted) endUnread(dialogue, request);
  else if (isHttp) count(dialogue);
  else if (line.length === 0) finish(dialogue, 'not-http');
}

/** How many exchanges are under way: half a head is one where it is HTTP. */
export function countLeft(dialogue: Dialogue): number {
  const isHalf = isHeadComing(dialogue) && (dialogue.arriving?.method !== '' || seemsHttp(dialogue));
  return dialogue.line.length + (isHalf ? 1 : 0);
}

function seemsHttp({ standing, early, requests }: Dialogue): boolean {
  return standing.wasHttp || (early.length === 0 && beginsRequest(requests.reader.heldLine));
}

/** A response in HTTP came, so that what it answers was a request. */
export function cutShortByAnswer(dialogue: Dialogue): void {
  dialogue.standing.wasHttp = true;
  cutShort(dialogue);
}

/** What came is no request in HTTP/1. Servers that speak it refuse it all the same. */
export function refuse(dialogue: Dialogue, firstLine: string): void {
  const { arriving: request, standing } = dialogue;
  stopReading(dialogue);
  if (request === undefined) return;
  // What comes first may as well begin in the middle of a text.
  const mayBeMeant = standing.wasHttp || hasKnownMethod(firstLine);
  const meant = mayBeMeant ? parseRefusedLine(firstLine) : undefined;
  if (meant !== undefined) nameRequest(request, meant);
  if (meant !== undefined && standing.wasHttp) {
    admit(dialogue, request);
    endUnread(dialogue, request);
  } else if (standing.wasHttp) count(dialogue);
  else if (mentionsHttp(firstLine) || beginsRequest(firstLine)) dialogue.doubtful = request;
  else finish(dialogue, 'not-http');
}

/** The answer is there to what may have been a request: one in HTTP says that it was. */
export function settleDoubt(dialogue: Dialogue, answer: Piece<Process>): void {
  const { doubtful: request } = dialogue;
  dialogue.doubtful = undefined;
  if (request === undefined || !mayStartResponse(answer)) {
    finish(dialogue, 'not-http');
    return;
  }
  if (request.method === '') {
    dialogue.standing.wasHttp = true;
    count(dialogue);
    return;
  }
  admit(dialogue, request);
  endUnread(dialogue, request);
}

/** Has so much come unanswered that what it began with was none? */
export function isPastDoubt({ doubtful }: Dialogue, piece: Piece<Process>): boolean {
  return doubtful !== undefined && ((piece.offset - doubtful.requestOffset) | 0) > MOST_DOUBTFUL_BYTES;
}

function stopReading(dialogue: Dialogue): void {
  dialogue.arriving = undefined;
  dialogue.standing.isReading = false;
}

/** So much of it came as has been read, and when its last byte did is not known. */
function endUnread({ line, requests }: Dialogue, request: Pending): void {
  line.requestEnded(request, undefined, requests.reader.messageBytes);
}

/** Something was asked of which nothing can be told. */
function count({ events }: Dialogue): void {
  events.lost(1);
}
