/** How a connection stands between messages: all that is kept of one where nothing moves. */
import type { Line } from './line.ts';
import type { Place } from './place.ts';
import { Turns } from './turns.ts';

export type Standing = {
  /** Requests whose heads are complete. */
  line: Line | undefined;
  turns: Turns;
  /** How either stream stands. */
  requestsAt: Place;
  responsesAt: Place;
  wasAsked: boolean;
  /** How many proxies have said whom they speak for. */
  introductions: number;
  /** Whether it is known where requests begin. */
  isReading: boolean;
  /**
   * Whether it is known which response answers which request. Where only requests are read, they are counted, and not told;
   * where only responses are, those in line are still answered.
   */
  isMatching: boolean;
  /** The kernel leaves responses out from here on. */
  isCountOnly: boolean;
  /** What comes is still of a request that was told with its answer, until another begins. */
  isRestComing: boolean;
  /** Whether anything on the connection was HTTP/1 for sure. */
  wasHttp: boolean;
  /** Requests for as long as nothing was answered in HTTP/1; undefined once something was. */
  unbelieved: number | undefined;
  /** Bytes came where a response should begin, and are none. */
  hasPassedOver: boolean;
  isFinished: boolean;
};

/** Of a connection that rests: begins a request with what comes next, if one does? */
export function isBetweenRequests({ isFinished, isReading }: Standing): boolean {
  return isReading && !isFinished;
}

/** Of a connection that begins; answers begin at `answersAt`, if that is known. */
export function newStanding(answersAt?: number): Standing {
  return {
    line: undefined,
    turns: new Turns(),
    requestsAt: { next: undefined, isFresh: true },
    responsesAt: { next: answersAt, isFresh: true },
    wasAsked: false,
    introductions: 0,
    isReading: true,
    isMatching: true,
    isCountOnly: false,
    isRestComing: false,
    wasHttp: false,
    unbelieved: 0,
    hasPassedOver: false,
    isFinished: false,
  };
}
