/** A connection that is told of pieces, as the kernel would, and the exchanges that come of it. */
import { Connection } from '../../container/profiler/src/connection/connection.ts';
import type { ConnectionInfo } from '../../container/profiler/src/connection/line.ts';
import type { Gap } from '../../container/profiler/src/connection/piece.ts';
import { newStanding } from '../../container/profiler/src/connection/standing.ts';
import type { Exchange, Process } from '../../container/profiler/src/exchange.ts';
import type { Framed } from '../../container/profiler/src/http1/head.ts';

export const someone: Process = { pid: 7, comm: 'server', container: null, isWanted: true };

/** `>` is the request's direction, `<` the response's; `…N` at the end are N bytes whose content is not known. */
export type Step = {
  readonly way: '>' | '<';
  readonly text: string;
  readonly unknown?: number;
  readonly at?: number;
  readonly framed?: Framed;
  readonly gap?: Gap;
  /** Where the requests' stream stood; else it stands where the last one that was told ended. */
  readonly other?: number;
};

export type Seen = { readonly exchanges: Exchange[]; lost: number; finished: string | undefined };

export type Wire = Seen & {
  readonly connection: Connection;
  readonly send: (...steps: readonly Step[]) => void;
};

/** Bytes as they stand in a ring: others are before them and behind, which say something too. */
export function inRing(text: string): { readonly bytes: Buffer; readonly from: number } {
  const before = '0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n';
  return { bytes: Buffer.from(`${before}${text}\n\r\nGET / HTTP/1.1\r\n\r\n`, 'latin1'), from: before.length };
}

/** Makes the connection; every piece comes one millisecond after the one before. Its answers begin at `answersAt`, if that is known. */
export function openWire(info: Partial<ConnectionInfo> = {}, answersAt?: number): Wire {
  const seen: Seen = { exchanges: [], lost: 0, finished: undefined };
  const connection = new Connection(
    {
      role: 'server',
      local: 'a:1',
      remote: 'b:2',
      knowsOrder: false,
      linkOf: (request, response) => `${request}/${response ?? '-'}`,
      ...info,
    },
    {
      exchange: (exchange) => seen.exchanges.push(exchange),
      lost: (count) => {
        seen.lost += count;
      },
      finished: (why) => {
        seen.finished = why;
      },
    },
    newStanding(answersAt),
  );
  const next = { '>': 1_000, '<': 4_294_967_200 };
  let timeNs = 0;
  const send = (...steps: readonly Step[]): void => {
    for (const { way, text, unknown = 0, at, framed, gap = 'none', other = way === '>' ? 0 : next['>'] } of steps) {
      const offset = at ?? next[way];
      const length = text.length + unknown;
      timeNs += 1e6;
      const place = { offset: offset >>> 0, length, cap: text.length, ...inRing(text) };
      const piece = { ...place, framed, gap, other, timeNs, who: someone };
      if (way === '>') connection.request(piece);
      else connection.response(piece);
      next[way] = Math.max(next[way], offset + length);
    }
  };
  return Object.assign(seen, { connection, send });
}

export const ask = (text: string, unknown = 0): Step => ({ way: '>', text, unknown });
export const answer = (text: string, unknown = 0): Step => ({ way: '<', text, unknown });

/** A message whose head is told by its first line and its length, as the kernel does where it is sure. */
export function framed(step: Step, bodyBytes: number | undefined = 0): Step {
  const lineEnd = step.text.indexOf('\n') + 1;
  const headBytes = step.text.indexOf('\r\n\r\n') + 4;
  const unknown = step.text.length - lineEnd + (step.unknown ?? 0);
  return { ...step, text: step.text.slice(0, lineEnd), unknown, framed: { headBytes, bodyBytes } };
}

/** An exchange in one line: what it was and how it ended. */
export function inShort(exchange: Exchange): string {
  const { method, target, status, end, requestBytes, responseBytes } = exchange;
  return `${method} ${target} ${status ?? '-'} ${end} ${requestBytes}/${responseBytes}`;
}
