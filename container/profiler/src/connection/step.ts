/**
 * Step: it is known where requests begin, and which response is whose. It is lost where bytes are missing that matter, or
 * are not what they should be, and found again where that is certain. Until then what is asked is counted.
 */
import type { Process } from '../exchange.ts';
import { countUnderWay, type Dialogue, forget, isHeadComing } from './dialogue.ts';
import { type Piece, partFrom } from './piece.ts';
import { mayStartRequest, requestWithin } from './starts.ts';
import { Turns } from './turns.ts';

/** Neither where requests begin is known, nor which response is whose. */
export function isOutOfStep({ standing }: Dialogue): boolean {
  return !standing.isReading && !standing.isMatching;
}

/** From here on neither is known. */
export function stopFollowing({ standing }: Dialogue): void {
  standing.isReading = false;
  standing.isMatching = false;
}

/** Bytes that matter are missing, or are not what they should be: nothing is told until step is found again. */
export function loseStep(dialogue: Dialogue): void {
  if (dialogue.standing.isFinished || isOutOfStep(dialogue)) return;
  stopFollowing(dialogue);
  // What is missing was part of an exchange, even if none is known.
  if (loseExchanges(dialogue) === 0) dialogue.events.lost(1);
}

/** What comes is no response: where nobody waits for one, nothing is missing. */
export function loseAnswer(dialogue: Dialogue): void {
  if (countUnderWay(dialogue) > 0) loseStep(dialogue);
  else stopFollowing(dialogue);
}

/** Counts what is under way, forgets it, and returns how many exchanges that were. */
export function loseExchanges(dialogue: Dialogue): number {
  const exchanges = countUnderWay(dialogue);
  forget(dialogue);
  if (exchanges > 0) dialogue.events.lost(exchanges);
  return exchanges;
}

/**
 * A request that stands at the beginning of a piece is told again if all is answered that was asked before it. If not,
 * it is counted; false where not even that can be done.
 */
export function findStep(dialogue: Dialogue, piece: Piece<Process>): boolean {
  const { standing, requests, responses, line } = dialogue;
  // What comes before the answer to a request that was cut short is the rest of it.
  if (standing.isMatching && (line.length > 0 || dialogue.doubtful !== undefined)) return false;
  const isOver = !standing.isCountOnly && standing.turns.isOver(piece.timeNs);
  const isBetween = standing.isReading && requests.reader.state === 'start' && requests.isContinuedBy(piece);
  const mayStart = isBetween || (!standing.isReading && mayStartRequest(piece));
  if (mayStart) responses.restart();
  if (mayStart || !standing.isMatching) standing.isMatching = mayStart && isOver;
  if (standing.isReading) return true;
  if (!mayStart) {
    if (!standing.isMatching) askedSomething(dialogue, piece, isOver);
    return false;
  }
  standing.isReading = true;
  requests.restart();
  return true;
}

/** The piece asks something again if an answer came; and where a request stands behind what is not understood, it counts. */
function askedSomething({ standing, requests, events }: Dialogue, piece: Piece<Process>, isOver: boolean): void {
  if (isOver) events.lost(1);
  standing.turns.asked();
  const behind = requestWithin(piece);
  if (behind === undefined) return;
  standing.isReading = true;
  requests.restart();
  requests.take(partFrom(piece, behind));
}

/** The kernel has left something out before a piece. */
export function bridge(dialogue: Dialogue, piece: Piece<Process>): void {
  const { standing, requests, responses, arriving } = dialogue;
  const isCountOnly = piece.gap === 'count-only';
  if (isCountOnly && standing.isCountOnly) return;
  const goesOn = isCountOnly && standing.isReading && requests.isContinuedBy(piece);
  if (goesOn && isHeadComing(dialogue)) dialogue.arriving = undefined;
  loseExchanges(dialogue);
  standing.isCountOnly = isCountOnly;
  standing.isReading = true;
  standing.isMatching = !isCountOnly;
  if (!isCountOnly) standing.turns = new Turns();
  if (goesOn) dialogue.arriving = arriving;
  else requests.restart();
  responses.restart();
}
