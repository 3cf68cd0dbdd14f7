/** Pieces of a connection's responses: taken where a request waits for them, kept for a while where it may still come. */
import type { Process } from '../exchange.ts';
import { type Dialogue, finish, isHeadComing } from './dialogue.ts';
import type { Piece } from './piece.ts';
import { mayAnswer, mayStartResponse } from './starts.ts';
import { loseStep } from './step.ts';
import { cutShortByAnswer, settleDoubt } from './unfinished.ts';

export function takeResponse(dialogue: Dialogue, piece: Piece<Process>): void {
  const { standing, line, responses } = dialogue;
  if (standing.isFinished) return;
  if (!standing.isMatching) {
    noteAnswer(dialogue, piece);
    return;
  }
  if (dialogue.doubtful !== undefined) settleDoubt(dialogue, piece);
  else if (answersArriving(dialogue, piece)) cutShortByAnswer(dialogue);
  if (line.length === 0) {
    if (!standing.isReading) noteAnswer(dialogue, piece);
    else if (!dialogue.early.keep(piece)) tooManyEarly(dialogue);
    return;
  }
  if (responses.isFresh() && !mayStartResponse(piece)) passOver(dialogue, piece);
  else responses.take(piece);
  if (!standing.isMatching) noteAnswer(dialogue, piece);
}

/** Responses that came early are those to what waits in line now. */
export function takeEarly(dialogue: Dialogue): void {
  for (const piece of dialogue.early.takeOut()) takeResponse(dialogue, piece);
}

/** No more of a head will come that is not there yet: responses that did answer it. False if none did. */
export function takeLate(dialogue: Dialogue): boolean {
  if (!isHeadComing(dialogue) || dialogue.line.length > 0 || !dialogue.early.mayAnswer) return false;
  cutShortByAnswer(dialogue);
  takeEarly(dialogue);
  return true;
}

/** It is not read, but says whose turn it is. */
function noteAnswer({ standing }: Dialogue, piece: Piece<Process>): void {
  if (mayAnswer(piece)) standing.turns.answered(piece.timeNs);
}

/** Does a response begin, to a request whose head has not come and will not be waited for? A server answers what it has read. */
function answersArriving(dialogue: Dialogue, piece: Piece<Process>): boolean {
  if (dialogue.line.length > 0 || !isHeadComing(dialogue) || !mayStartResponse(piece)) return false;
  const { info, requests } = dialogue;
  return info.role === 'server' || (info.knowsOrder && requests.endsAt(piece.other));
}

/**
 * Bytes with which no response begins, before any has: the end of one that began before the connection was known, unless
 * more is asked now, which tells that they were an answer. Those that nobody could read may well be one.
 */
function passOver(dialogue: Dialogue, piece: Piece<Process>): void {
  if (piece.cap === 0) loseStep(dialogue);
  else dialogue.standing.hasPassedOver = true;
}

/** Some servers say 408 to an idle client before they close; but so much was an answer to something. */
function tooManyEarly(dialogue: Dialogue): void {
  const { info, standing, early, arriving } = dialogue;
  // To what was asked before the connection was known.
  if (info.knowsOrder && !standing.wasAsked) early.dropAllButLast();
  else if (standing.wasHttp || arriving === undefined) loseStep(dialogue);
  else if (!takeLate(dialogue)) finish(dialogue, 'not-http');
}
