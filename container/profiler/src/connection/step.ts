/**
 * Step: it is known where requests begin, and which response is whose. It is lost where bytes are missing that matter, or
 * are not what they should be, and found again where that is certain. Until then what is asked is counted.
 */
import type { Pending, Process } from '../exchange.ts';
import { countUnderWay, type Dialogue, finish, forget, isAnswering, isHeadComing } from './dialogue.ts';
import { type Piece, partFrom } from './piece.ts';
import { isRequestStart, requestWithin } from './starts.ts';
import { Turns } from './turns.ts';
import { isPastDoubt } from './unfinished.ts';

/** Neither where requests begin is known, nor which response is whose. */
export function isOutOfStep({ standing }: Dialogue): boolean {
  return !standing.isReading && !standing.isMatching;
}

/** From here on neither is known. */
export function stopFollowing({ standing }: Dialogue): void {
  standing.isReading = false;
  standing.isMatching = false;
}

/** Bytes of requests that matter are missing, or cannot be read: nothing is told until step is found again. */
export function loseStep(dialogue: Dialogue): void {
  const { standing, arriving, line, requests } = dialogue;
  if (standing.isFinished || isOutOfStep(dialogue)) return;
  stopFollowing(dialogue);
  const isKnown = arriving !== undefined;
  // As by a server that refuses an upload, and reads the rest of it into nothing.
  if (isKnown) standing.isRestComing = line.endAnswered(arriving, requests.reader.messageBytes);
  // What is missing was part of an exchange, even if none is known. One that is read and does not wait has been told or counted.
  if (loseExchanges(dialogue) === 0 && !isKnown) supposeRequest(dialogue);
}

/** Bytes of requests will not come any more. What they asked may still be answered, and what comes behind them may begin anywhere. */
export function loseRequests(dialogue: Dialogue): void {
  const { standing, requests, events } = dialogue;
  if (standing.isReading && requests.reader.state === 'start' && !standing.isFinished) {
    // Behind a whole request another one is missing, which may not be answered.
    standing.turns.asked(requests.present?.timeNs ?? 0);
    if (standing.turns.owed.missedRequest()) events.lost(1);
    loseExchanges(dialogue);
    stopFollowing(dialogue);
  } else {
    loseStep(dialogue);
    standing.turns.missed();
  }
  requests.restart();
}

/** Bytes of responses are missing, or are not what they should be: requests are read on, and counted until step is found again. */
export function loseAnswers(dialogue: Dialogue): void {
  const { standing, line, events, arriving, responses } = dialogue;
  if (standing.isFinished || !standing.isMatching) return;
  standing.isMatching = false;
  // What has begun may be an interim one.
  if (responses.reader.state === 'head') standing.turns.owed.mayBeMore();
  const isReadOn = standing.isReading && arriving !== undefined;
  // One whose head is coming is counted when that is there.
  const exchanges = line.length + (isHeadComing(dialogue) && !isReadOn ? 1 : 0);
  if (exchanges > 0) events.lost(exchanges);
  else countUnasked(dialogue);
  forget(dialogue);
  if (isReadOn) dialogue.arriving = arriving;
}

/** Answers began to requests of which nothing was seen. */
export function countUnasked({ standing, events }: Dialogue): void {
  const unasked = standing.turns.owed.takeUnasked();
  if (unasked > 0) events.lost(unasked);
}

/** What comes is no response: where nobody waits for one, nothing is missing. */
export function loseAnswer(dialogue: Dialogue): void {
  if (!dialogue.line.isAllAnswered || isHeadComing(dialogue)) loseAnswers(dialogue);
  else {
    dialogue.standing.isMatching = false;
    dialogue.standing.turns.owed.mayBeMore();
  }
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
  const { standing, requests, responses } = dialogue;
  if (isPastDoubt(dialogue, piece)) finish(dialogue, 'not-http');
  if (isRest(dialogue, piece) || standing.isFinished) return false;
  const isBetween = standing.isReading && requests.reader.state === 'start' && requests.isContinuedBy(piece);
  if (!standing.isReading && requests.isBehindGap(piece)) passGap(dialogue, piece);
  const isOver = !standing.isCountOnly && standing.turns.isOver(piece.timeNs, piece.offset);
  const starts = isBetween || (!standing.isReading && isRequestStart(piece));
  if (starts) {
    responses.beginAnew();
    countUnasked(dialogue);
  }
  if (starts || !standing.isMatching) standing.isMatching = starts && isOver && standing.turns.resume(piece.offset);
  if (standing.isReading) return true;
  if (!starts) {
    if (!standing.isMatching) askedSomething(dialogue, piece, isOver);
    return false;
  }
  readAnew(dialogue);
  return true;
}

/**
 * What comes before the answer to a request that was cut short is the rest of it. What begins as another does is counted, unless
 * the end of that answer seems to be missing: then it has come.
 */
function isRest(dialogue: Dialogue, piece: Piece<Process>): boolean {
  const { standing, responses, line, doubtful, events } = dialogue;
  if (!standing.isMatching || (line.length === 0 && doubtful === undefined)) return false;
  if (line.length === 0 || !isRequestStart(piece)) return true;
  if (responses.hasGap) {
    dialogue.giveUp();
    return false;
  }
  standing.turns.began(piece.timeNs, isAnswering(dialogue));
  events.lost(1);
  return true;
}

/** Is a request to be told again, and not only counted? */
export function resumeAt({ standing }: Dialogue, { requestFirstNs, requestOffset }: Pending): boolean {
  return (
    !standing.isCountOnly &&
    standing.turns.isOver(requestFirstNs, requestOffset) &&
    standing.turns.resume(requestOffset)
  );
}

/** Bytes are missing behind a request that is not read. They may have been another, and the last answer the one to that. */
function passGap(dialogue: Dialogue, piece: Piece<Process>): void {
  const { standing } = dialogue;
  // Where step was lost before, so much has been counted; a request that begins behind them will be.
  const isCounted = !standing.isMatching || isRequestStart(piece);
  if (!isCounted) supposeRequest(dialogue);
  standing.isMatching = false;
  standing.turns.missed();
}

function supposeRequest({ standing, events }: Dialogue): void {
  events.lost(1);
  standing.turns.owed.mayBeMore();
}

/** The piece asks something again if an answer came; and where a request stands behind what is not understood, it counts. */
function askedSomething(dialogue: Dialogue, piece: Piece<Process>, isOver: boolean): void {
  const { standing, events } = dialogue;
  if (!standing.isRestComing) {
    standing.turns.asked(piece.timeNs);
    if (isOver) {
      events.lost(1);
      standing.turns.owed.asked();
    }
  }
  const behind = requestWithin(piece);
  if (behind === undefined) return;
  readAnew(dialogue);
  dialogue.requests.take(partFrom(piece, behind));
}

/** A request begins with the next bytes. */
function readAnew({ standing, requests }: Dialogue): void {
  standing.isReading = true;
  standing.isRestComing = false;
  requests.restart();
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
  standing.isRestComing = false;
  standing.isReading = true;
  standing.isMatching = !isCountOnly;
  if (!isCountOnly) standing.turns = new Turns();
  if (goesOn) dialogue.arriving = arriving;
  else requests.restart();
  responses.restart();
}
