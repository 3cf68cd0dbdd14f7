/** What is known of a connection on which something moves: its two streams, and the requests that lie between them. */
import type { Exchange, Pending, Process } from '../exchange.ts';
import type { Early } from './early.ts';
import type { ConnectionInfo, Line } from './line.ts';
import type { Standing } from './standing.ts';
import type { Stream } from './stream.ts';

export type ConnectionEvents = {
  readonly exchange: (exchange: Exchange) => void;
  /** Exchanges that cannot be told, because bytes of the connection are missing. */
  readonly lost: (exchanges: number) => void;
  /** Nothing more of this connection is of interest: it never spoke HTTP/1, or does not any more. */
  readonly finished: (why: 'not-http' | 'upgraded') => void;
};

export type Dialogue = {
  readonly info: ConnectionInfo;
  readonly events: ConnectionEvents;
  readonly standing: Standing;
  readonly requests: Stream<Process>;
  readonly responses: Stream<Process>;
  /** Requests whose heads are complete. */
  readonly line: Line;
  /** Responses that came before their request. */
  readonly early: Early<Process>;
  /** The request that is being read. */
  arriving: Pending | undefined;
  /** What may have been meant for a request: an answer in HTTP would tell. */
  doubtful: Pending | undefined;
  /** What is missing will not come any more: goes on with what came after it. */
  readonly giveUp: () => void;
};

/** The head of a request is still to come, in part or from its first byte on. */
export function isHeadComing({ arriving }: Dialogue): boolean {
  return arriving !== undefined && !arriving.isAdmitted;
}

/** Is a head coming of which all that came so far is there? Behind a gap there may be the request that a response answers. */
export function isHeadUnfinished(dialogue: Dialogue): boolean {
  return isHeadComing(dialogue) && !dialogue.requests.hasGap;
}

/** What came last of responses is in the middle of an answer, and nothing of that is missing. */
export function isAnswering({ standing, responses }: Dialogue): boolean {
  return standing.isMatching && !responses.hasGap && responses.reader.state !== 'start';
}

/** How many requests wait for their responses, or for their own end. */
export function countUnderWay(dialogue: Dialogue): number {
  return dialogue.line.length + (isHeadComing(dialogue) ? 1 : 0);
}

/** A request is there: it waits for its response, or is counted where it is not known which that will be. */
export function admit({ standing, line, events }: Dialogue, request: Pending): void {
  standing.wasHttp = true;
  if (standing.unbelieved !== undefined) standing.unbelieved++;
  request.isAdmitted = true;
  if (standing.isMatching) line.join(request);
  else events.lost(1);
}

/** Forgets all that is under way. */
export function forget(dialogue: Dialogue): void {
  dialogue.line.clear();
  for (const piece of dialogue.early.takeOut()) dialogue.responses.passOver(piece);
  dialogue.arriving = undefined;
  dialogue.doubtful = undefined;
  dialogue.standing.hasPassedOver = false;
}

/** Nothing more is told of it. */
export function finish(dialogue: Dialogue, why: 'not-http' | 'upgraded'): void {
  dialogue.standing.isFinished = true;
  forget(dialogue);
  dialogue.events.finished(why);
}
