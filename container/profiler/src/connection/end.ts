/** Where a connection ends it is known how far its streams went: what has not come of them was not seen, and is no abort. */
import type { Process } from '../exchange.ts';
import type { Dialogue } from './dialogue.ts';
import { giveUpRequests } from './give-up.ts';
import { countUnasked, loseAnswer } from './step.ts';
import type { Stream } from './stream.ts';

/** Nothing more will come, and so far the streams went; undefined where that is not known. */
export function endAt(dialogue: Dialogue, requestsEnd: number | undefined, responsesEnd: number): void {
  const { standing, requests, responses } = dialogue;
  if (standing.isFinished) return;
  // Where requests are not read it may be the rest of one that has been told, or counted.
  const isKnown = standing.isReading && requestsEnd !== undefined;
  if (isKnown && !passTo(requests, requestsEnd)) {
    giveUpRequests(dialogue);
    countUnasked(dialogue);
  }
  if (!passTo(responses, responsesEnd)) loseAnswer(dialogue);
  // Where requests are not read, answers alone tell that there were more.
  if (!standing.isReading) countUnasked(dialogue);
}

/** Passes over what is missing before `end`, unless it would have mattered. Returns false then. */
function passTo(stream: Stream<Process>, end: number): boolean {
  const { place, reader } = stream;
  const missing = place.next === undefined ? 0 : (end - place.next) | 0;
  // A FIN has a place too.
  if (missing <= 1) return true;
  if (!reader.canSkip(missing)) return false;
  // What ends there ended when nobody looked.
  stream.present = undefined;
  stream.passOver({ offset: end, length: 0 });
  return reader.skip(missing);
}
