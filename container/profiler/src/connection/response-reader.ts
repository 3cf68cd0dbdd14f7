/** What the reader of a connection's responses finds: where each begins, what it says, and where it ends. */
import { type Framing, type Head, parseStatusLine } from '../http1/head.ts';
import { Reader } from '../http1/reader.ts';
import { type Dialogue, finish, isHeadUnfinished } from './dialogue.ts';
import { loseAnswer, loseAnswers } from './step.ts';
import { cutShortByAnswer } from './unfinished.ts';

export function createResponseReader(dialogue: Dialogue): Reader {
  return new Reader({
    started: (at) => {
      const { responses, standing, line, info, arriving, requests } = dialogue;
      const piece = responses.present;
      standing.turns.followed();
      standing.turns.owed.replied();
      if (piece) standing.turns.answered(piece.timeNs);
      standing.hasPassedOver = false;
      if (standing.turns.isMisled) loseAnswers(dialogue);
      // A server answers what it has read, and will not wait for the rest.
      if (line.length === 0 && info.role === 'server' && isHeadUnfinished(dialogue)) cutShortByAnswer(dialogue);
      // If it is over now, so much of it came.
      if (arriving !== undefined) arriving.requestBytes = requests.reader.messageBytes;
      line.responseStarted(piece, at);
    },
    plausible: (firstLine) => {
      const isResponse = parseStatusLine(firstLine) !== undefined;
      if (!isResponse) loseAnswer(dialogue);
      return isResponse;
    },
    head: (head) => readHead(dialogue, head),
    ended: () => {
      const { responses, line } = dialogue;
      line.responseEnded(responses.present?.timeNs, responses.reader.messageBytes);
    },
    lost: () => loseAnswers(dialogue),
  });
}

function readHead(dialogue: Dialogue, head: Head): Framing | undefined {
  const { line, responses } = dialogue;
  const framing = line.responseHead(head);
  if (framing === undefined) {
    if (parseStatusLine(head.firstLine) === undefined) loseAnswer(dialogue);
    else loseAnswers(dialogue);
  }
  if (framing !== undefined && !line.isAnswered) dialogue.standing.turns.owed.promised();
  if (framing?.kind === 'tunnel') {
    line.endResponse('upgraded', responses.present?.timeNs, responses.reader.messageBytes);
    // What was asked behind it is not answered in HTTP.
    if (line.length > 0) dialogue.events.lost(line.length);
    finish(dialogue, 'upgraded');
  }
  return framing;
}
