/** What is to be told of a 32-bit process that talks to itself: `test/bpf/talk32.c`. */
import type { Told } from './profiler.ts';

const ANSWER_BYTES = 40;

export const isOfTalk32 = (target: unknown): boolean => String(target).startsWith('/32/');

/** `ROLE METHOD TARGET STATUS END REQUESTBYTES/RESPONSEBYTES` of both ends, for each name that it said. */
export function expectTalk32(said: readonly string[]): readonly string[] {
  return said
    .flatMap((name) => {
      const bytes = `GET /32/${name} HTTP/1.1\r\nHost: a\r\n\r\n`.length;
      const end = name === 'shutdown' ? 'closed' : 'complete';
      return ['client', 'server'].map((role) => `${role} GET /32/${name} 200 ${end} ${bytes}/${ANSWER_BYTES}`);
    })
    .sort();
}

/** What a trace says of it, as above. */
export function toldOfTalk32(lines: readonly Told[]): readonly string[] {
  return lines
    .filter(({ type, target }) => type === 'exchange' && isOfTalk32(target))
    .map(
      ({ role, method, target, status, end, requestBytes, responseBytes }) =>
        `${role} ${method} ${target} ${status} ${end} ${requestBytes}/${responseBytes}`,
    )
    .sort();
}
