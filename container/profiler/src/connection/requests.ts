/** Pieces of a connection's requests: taken where step is kept or found, together with responses that came before them. */
import type { Process } from '../exchange.ts';
import type { Dialogue } from './dialogue.ts';
import type { Piece } from './piece.ts';
import { passOverAll, takeEarly } from './responses.ts';
import { hasKnownMethod, isRequestStart } from './starts.ts';
import { bridge, findStep, loseAnswers, loseStep } from './step.ts';
import { Turns } from './turns.ts';

const LF = 10;

export function takeRequest(dialogue: Dialogue, piece: Piece<Process>): void {
  const { standing, requests, early, line } = dialogue;
  if (standing.isFinished) return;
  // The first may have been answered before it was seen to be sent.
  if (!standing.wasAsked) requests.expectNoLaterThan(piece.offset);
  if (piece.gap !== 'none') bridge(dialogue, piece);
  else if (requests.isBeyond(piece)) return;
  if (!standing.wasHttp && isBehindRest(dialogue, piece)) startOver(dialogue);
  if (standing.hasPassedOver && requests.reader.state === 'start') loseAnswers(dialogue);
  if (!(standing.isReading && standing.isMatching) && !findStep(dialogue, piece)) {
    if (!standing.isReading) requests.passOver(piece);
    return;
  }
  if (early.length > 0 && dialogue.arriving === undefined && !sortEarly(dialogue, piece)) {
    requests.passOver(piece);
    return;
  }
  if (!standing.wasAsked && piece.other !== 0) dialogue.responses.expectAt(piece.other);
  requests.take(piece);
  if (early.length > 0 && line.length > 0) takeEarly(dialogue);
}

/** What came first may be the end of a body, from before the connection was known: not where a request can have begun with it. */
function isBehindRest({ requests }: Dialogue, piece: Piece<Process>): boolean {
  const line = requests.reader.heldLine;
  // The line of a proxy goes on behind a bare LF.
  if (piece.bytes[piece.from] === LF || line.endsWith('\n')) return false;
  return line !== '' && !hasKnownMethod(line) && requests.isContinuedBy(piece) && isRequestStart(piece);
}

function startOver(dialogue: Dialogue): void {
  dialogue.arriving = undefined;
  // Where a body ended nothing was asked: what comes behind it is not asked ahead of an answer.
  dialogue.standing.turns = new Turns();
  dialogue.requests.beginAnew();
}

/**
 * A request begins, and responses came before it: those that were read before any of its bytes were sent answer
 * something else, from before the connection was known or nothing at all. False where that cannot be told: what the next
 * response answers is then not known either.
 */
function sortEarly(dialogue: Dialogue, request: Piece<Process>): boolean {
  const { info, early, standing, requests } = dialogue;
  if (info.knowsOrder) {
    // Those that answer what is missing before the request, or waits behind that, are sorted out when it is there.
    if (requests.isFresh() || requests.isContinuedBy(request)) {
      passOverAll(dialogue, early.takeBefore(request.offset));
    }
    return true;
  }
  if (standing.wasAsked) return true;
  loseStep(dialogue);
  return false;
}
