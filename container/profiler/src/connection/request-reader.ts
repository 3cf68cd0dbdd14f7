/** What the reader of a connection's requests finds: where each begins, what it asks for, and where it ends. */
import { nameRequest, startPending } from '../exchange.ts';
import { type Framing, frameRequest, type Head, OLDEST, parseRequestLine } from '../http1/head.ts';
import { Reader } from '../http1/reader.ts';
import { admit, type Dialogue, isAnswering } from './dialogue.ts';
import { offsetAt } from './piece.ts';
import { Turns } from './turns.ts';
import { cutShort, refuse } from './unfinished.ts';

/** That of a proxy and of one before it; more, one behind the other without end, are no HTTP. */
const MOST_INTRODUCTIONS = 2;

export function createRequestReader(dialogue: Dialogue): Reader {
  return new Reader({
    started: (at) => {
      const { requests, standing } = dialogue;
      const piece = requests.present;
      if (piece === undefined) return;
      standing.wasAsked = true;
      standing.turns.began(piece.timeNs, isAnswering(dialogue));
      dialogue.arriving = startPending(piece.who, piece.timeNs, offsetAt(piece, at));
    },
    plausible: (firstLine) => readFirstLine(dialogue, firstLine),
    head: (head) => readHead(dialogue, head),
    ended: () => {
      const { arriving, requests, line } = dialogue;
      dialogue.arriving = undefined;
      if (arriving) line.requestEnded(arriving, requests.present?.timeNs, requests.reader.messageBytes);
    },
    lost: () => cutShort(dialogue),
    mayBeIntroduced: () => !dialogue.standing.wasAsked && dialogue.standing.introductions < MOST_INTRODUCTIONS,
    introduced: () => forgetBeginning(dialogue),
  });
}

/** What began was no request: the connection begins with what comes next. */
function forgetBeginning(dialogue: Dialogue): void {
  const { standing } = dialogue;
  dialogue.arriving = undefined;
  standing.introductions++;
  standing.wasAsked = false;
  standing.turns = new Turns();
}

/** The first line of a head whose end has not come; false if no request in HTTP/1 begins with it. */
function readFirstLine(dialogue: Dialogue, text: string): boolean {
  const parsed = parseRequestLine(text);
  if (parsed === undefined) refuse(dialogue, text);
  // In HTTP/0.9 it would be the whole head, and other protocols have such lines.
  else if (dialogue.arriving !== undefined && parsed.protocol !== OLDEST) nameRequest(dialogue.arriving, parsed);
  return parsed !== undefined;
}

function readHead(dialogue: Dialogue, head: Head): Framing | undefined {
  const { arriving } = dialogue;
  const parsed = parseRequestLine(head.firstLine);
  if (arriving === undefined) return undefined;
  if (parsed === undefined) {
    refuse(dialogue, head.firstLine);
    return undefined;
  }
  nameRequest(arriving, parsed);
  const framing = frameRequest(head);
  if (framing === undefined) cutShort(dialogue);
  else admit(dialogue, arriving);
  return framing;
}
