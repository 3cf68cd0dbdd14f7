/** How far it is known, of a connection that the kernel copies whole, what comes next: so far it need not be copied. */
import type { Dialogue } from './dialogue.ts';
import type { Stream } from './stream.ts';

/** Up to where the bytes of either direction are body; behind those of requests another begins. Undefined where that is not known. */
export type KnownBodies = { readonly requestsUntil: number | undefined; readonly responsesUntil: number | undefined };

/** Offsets tell no more apart. */
const MOST_KNOWN = 2 ** 31 - 1;

/** Undefined where it would spare nothing to tell the kernel. */
export function findKnownBodies({ standing, line, early, ...streams }: Dialogue): KnownBodies | undefined {
  if (standing.isFinished || !standing.isReading || !standing.isMatching || early.length > 0) return undefined;
  const requests = knownOf(streams.requests);
  const responses = knownOf(streams.responses);
  const isAnswering = responses !== undefined && responses.bytes > 0;
  // Of a client that does not wait the next answer may be to a request of which the kernel does not know whether that has a body.
  const isAlone = line.length === 0 || (line.length === 1 && (isAnswering || (requests?.bytes ?? 0) > 0));
  const mayAsk = isAlone && requests?.isMessageEnd === true;
  if (!mayAsk && !isAnswering) return undefined;
  return {
    requestsUntil: mayAsk ? requests.until : undefined,
    responsesUntil: isAnswering ? responses.until : undefined,
  };
}

/** The bytes to come that can only be body; undefined where it is not known where the next one lies. */
function knownOf<Who>({ place: { next }, hasGap, reader }: Stream<Who>) {
  if (next === undefined || hasGap) return undefined;
  const bytes = Math.min(reader.dataLeft, MOST_KNOWN);
  return { bytes, until: (next + bytes) >>> 0, isMessageEnd: reader.bytesToNext === bytes };
}
