/** Pieces of a connection's responses: taken where a request waits for them, kept for a while where it may still come. */
import type { Process } from '../exchange.ts';
import { type Dialogue, finish, isHeadUnfinished } from './dialogue.ts';
import type { Piece } from './piece.ts';
import type { Standing } from './standing.ts';
import { holdsResponse, mayStartResponse } from './starts.ts';
import { countUnasked, loseAnswers } from './step.ts';
import { cutShortByAnswer, settleDoubt } from './unfinished.ts';

/** So many requests without one answer in HTTP among what came back are none: another protocol carries them, as texts. */
const MOST_UNBELIEVED = 64;

export function takeResponse(dialogue: Dialogue, piece: Piece<Process>): void {
  const { info, standing, line, requests, responses } = dialogue;
  if (standing.isFinished) return;
  if (!mayBeHttp(standing, piece)) {
    finish(dialogue, 'not-http');
    return;
  }
  // Where one is the first that is seen, requests go on from where they stood then.
  if (info.knowsOrder && !standing.wasAsked) requests.expectAt(piece.other);
  if (responses.isFresh() && !placeFirst(dialogue, piece)) return;
  if (responses.isBeyond(piece)) return;
  if (standing.turns.isMisled) loseAnswers(dialogue);
  if (!standing.isMatching) {
    // Among requests that wait for what is missing before them it says whose turn it was.
    if (piece.timeNs < (requests.waitsSince() ?? Number.POSITIVE_INFINITY)) skipAnswer(dialogue, piece);
    else if (!dialogue.early.keep(piece)) dialogue.giveUp();
    return;
  }
  if (dialogue.doubtful !== undefined) settleDoubt(dialogue, piece);
  else if (answersArriving(dialogue, piece)) cutShortByAnswer(dialogue);
  if (line.isAllAnswered) {
    if (!standing.isReading) skipAnswer(dialogue, piece);
    else keepEarly(dialogue, piece);
    return;
  }
  if (responses.isFresh() && responses.mayGoOnWith(piece) && !mayStartResponse(piece)) passOver(dialogue, piece);
  else responses.take(piece);
  if (!standing.isMatching) {
    if (piece.cap === 0) standing.turns.skipped(piece);
    noteAnswer(dialogue, piece);
  }
  // Its parts may have overtaken each other before it was known that it is one.
  else if (dialogue.early.length > 0 && line.length > 0) takeEarly(dialogue);
}

/** What was missing before a piece is there: where that was the end of an answer and nobody waits for another, it is kept. */
export function keepIfEarly(dialogue: Dialogue, piece: Piece<Process>): boolean {
  const { standing, line, responses } = dialogue;
  const mayBeAnswer = standing.isMatching && standing.isReading && responses.reader.state === 'start';
  if (!mayBeAnswer || !line.isAllAnswered) return false;
  keepEarly(dialogue, piece);
  return true;
}

/** Is it still to be believed that this is HTTP? The first answer that is settles it, wherever in what was read at once it begins. */
function mayBeHttp(standing: Standing, piece: Piece<Process>): boolean {
  if (standing.unbelieved === undefined || piece.cap === 0) return true;
  if (mayStartResponse(piece) || holdsResponse(piece)) standing.unbelieved = undefined;
  return standing.unbelieved === undefined || standing.unbelieved <= MOST_UNBELIEVED;
}

/** Responses that came early are those to what waits in line now. */
export function takeEarly(dialogue: Dialogue): void {
  const { early, info, line } = dialogue;
  if (info.knowsOrder && line.beginsAt !== undefined) passOverAll(dialogue, early.takeBefore(line.beginsAt));
  for (const piece of early.takeOut()) takeResponse(dialogue, piece);
}

/** They answer nothing that is known. */
export function passOverAll({ responses }: Dialogue, pieces: readonly Piece<Process>[]): void {
  for (const piece of pieces) responses.passOver(piece);
}

/** No more of a head will come that is not there yet: responses that did answer it. False if none did. */
export function takeLate(dialogue: Dialogue): boolean {
  if (!isHeadUnfinished(dialogue) || dialogue.line.length > 0 || !dialogue.early.mayAnswer) return false;
  cutShortByAnswer(dialogue);
  takeEarly(dialogue);
  return true;
}

/** It is not read. */
function skipAnswer(dialogue: Dialogue, piece: Piece<Process>): void {
  const { standing } = dialogue;
  standing.turns.skipped(piece);
  // The request whose rest was coming has its answer: another was among that.
  if (standing.isRestComing && mayStartResponse(piece)) {
    standing.isRestComing = false;
    countUnasked(dialogue);
  }
  noteAnswer(dialogue, piece);
}

/** It says whose turn it is. */
function noteAnswer({ info, standing, responses }: Dialogue, piece: Piece<Process>): void {
  if (responses.isBehindGap(piece)) standing.turns.missedAnswers(piece.timeNs);
  else standing.turns.followed();
  responses.passOver(piece);
  standing.turns.passed(piece, info.knowsOrder ? piece.other : undefined);
}

/**
 * Before any answer is read: one may have been received, by another thread, before its request was seen to be sent, and what
 * that says of where answers begin is then too late. False if nothing of the first request, in line or on its way, had been sent.
 */
function placeFirst({ info, line, arriving, responses }: Dialogue, piece: Piece<Process>): boolean {
  const beginsAt = line.beginsAt ?? arriving?.requestOffset;
  if (!info.knowsOrder || beginsAt === undefined) return true;
  const sent = (piece.other - beginsAt) | 0;
  if (sent > 0) responses.expectNoLaterThan(piece.offset);
  // Of a large body so much may have been sent that it seems less than nothing.
  const isBefore = sent === 0 || (sent < 0 && line.isFirstShort);
  if (isBefore) responses.passOver(piece);
  return !isBefore;
}

/** Does a response begin, to a request whose head has not come and will not be waited for? A server answers what it has read. */
function answersArriving(dialogue: Dialogue, piece: Piece<Process>): boolean {
  if (dialogue.line.length > 0 || !isHeadUnfinished(dialogue) || !mayStartResponse(piece)) return false;
  const { info, requests } = dialogue;
  return info.role === 'server' || (info.knowsOrder && requests.endsAt(piece.other));
}

/**
 * Bytes with which no response begins, before any has: the end of one that began before the connection was known, unless
 * more is asked now, which tells that they were an answer. Those that nobody could read may well be one.
 */
function passOver(dialogue: Dialogue, piece: Piece<Process>): void {
  dialogue.responses.passOver(piece);
  if (piece.cap === 0) loseAnswers(dialogue);
  else dialogue.standing.hasPassedOver = true;
}

function keepEarly(dialogue: Dialogue, piece: Piece<Process>): void {
  if (!dialogue.early.keep(piece)) tooManyEarly(dialogue);
}

/** Some servers say 408 to an idle client before they close; but so much was an answer to something. */
function tooManyEarly(dialogue: Dialogue): void {
  const { info, standing, early, arriving, requests } = dialogue;
  // To what was asked before the connection was known.
  if (info.knowsOrder && !standing.wasAsked) passOverAll(dialogue, early.takeAllButLast());
  // They answer what waits behind what is missing.
  else if (requests.hasGap) dialogue.giveUp();
  else if (standing.wasHttp || arriving === undefined) skipEarly(dialogue);
  else if (!takeLate(dialogue)) finish(dialogue, 'not-http');
}

/** They answer what is missing. */
function skipEarly(dialogue: Dialogue): void {
  const pieces = dialogue.early.takeOut();
  loseAnswers(dialogue);
  for (const piece of pieces) skipAnswer(dialogue, piece);
  countUnasked(dialogue);
}
