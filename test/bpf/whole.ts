/** A whole exchange of a trace, with what no test can foretell turned into whether it is right. */
import { isDeepStrictEqual } from 'node:util';
import type { Peer } from '../helpers/peer.ts';
import type { Told } from '../helpers/profiler.ts';
import type { Case } from './cases.ts';

type Role = 'server' | 'client';
type Whole = Readonly<Record<string, unknown>>;

const TIMES = ['requestFirst', 'requestLast', 'responseFirst', 'responseLast'] as const;
/** As TCP addresses are written, but for the port: that of the peer, or one that the kernel chose. */
const ADDRESSES = {
  ipv4: { server: '127.0.0.1:peer', client: '127.0.0.1:*' },
  early: { server: '127.0.0.1:peer', client: '127.0.0.1:*' },
  mapped: { server: '127.0.0.1:peer', client: '127.0.0.1:*' },
  ipv6: { server: '[::1]:peer', client: '[::1]:*' },
  unix: { server: 'unix:*', client: 'unix:' },
} as const;

/** The targets that are told of a case. */
export function targetsOf({ expected }: Case): ReadonlySet<string> {
  return new Set(expected.map((line) => line.split(' ')[1] ?? ''));
}

/** What an exchange of the case has to be, whole; `line` is one of its expected ones. */
export function expectWhole(
  { transport, protocol = 'HTTP/1.1', others = [], overlaps, isCutShort }: Case,
  line: string,
  role: Role,
): Whole {
  const [method, target, status, end, bytes = ''] = line.split(' ');
  const [requestBytes, responseBytes] = bytes.split('/').map(Number);
  const hasResponse = status !== '-';
  const ends = ADDRESSES[transport];
  return {
    type: 'exchange',
    time: 'while the peer ran',
    method,
    target,
    status: hasResponse ? Number(status) : null,
    end,
    protocol,
    role,
    timing: isCutShort ? cutTimingOf(hasResponse) : timingOf(hasResponse, overlaps === target),
    durationMs: hasResponse ? 'from the first byte to the last' : null,
    requestBytes,
    responseBytes,
    pid: others.includes(role) ? 'another' : 'the peer',
    comm: 'that of the peer',
    container: 'that of the peer',
    link: '16 hexadecimal digits',
    queuedUs: null,
    local: role === 'server' ? ends.server : ends.client,
    remote: role === 'server' ? ends.client : ends.server,
  };
}

function cutTimingOf(hasResponse: boolean): string {
  return hasResponse ? 'no end of the request' : 'no end of either';
}

function timingOf(hasResponse: boolean, isOverlapped: boolean): string {
  if (!hasResponse) return 'no response';
  return isOverlapped ? 'the response first' : 'in turn';
}

/** The exchange in those words; what is not right is left as it was told. */
export function describe(told: Told, peer: Peer): Whole {
  const isNear = Math.abs(Date.now() - Date.parse(told.time)) < 600_000;
  return {
    ...told,
    time: isNear && /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/.test(told.time) ? 'while the peer ran' : told.time,
    timing: orderOf(told),
    durationMs: isDuration(told) ? 'from the first byte to the last' : told.durationMs,
    pid: told.pid === peer.pid ? 'the peer' : 'another',
    comm: told.comm === peer.command ? 'that of the peer' : told.comm,
    container: isDeepStrictEqual(told.container, containerOf(peer)) ? 'that of the peer' : told.container,
    link: /^[0-9a-f]{16}$/.test(told.link) ? '16 hexadecimal digits' : told.link,
    local: withoutPort(told.local, peer),
    remote: withoutPort(told.remote, peer),
  };
}

/** Nobody named it. */
function containerOf({ container }: Peer): Told['container'] {
  return { id: container, name: null, image: null, service: null };
}

function orderOf({ timing }: Told): string | Told['timing'] {
  const [start, asked, first, last] = TIMES.map((name) => timing[name]);
  if (start === 0 && asked === null && typeof first === 'number' && typeof last === 'number')
    return 'no end of the request';
  if (start === 0 && asked === null && first === null && last === null) return 'no end of either';
  if (start !== 0 || typeof asked !== 'number' || asked < 0) return timing;
  if (first === null && last === null) return 'no response';
  if (typeof first !== 'number' || typeof last !== 'number' || last < first) return timing;
  return first < asked ? 'the response first' : 'in turn';
}

/** Times are told in whole microseconds, and the duration exactly. */
function isDuration({ durationMs, timing }: Told): boolean {
  return durationMs !== null && timing.responseLast !== null && Math.abs(durationMs * 1000 - timing.responseLast) <= 1;
}

function withoutPort(address: string, { port }: Peer): string {
  if (address.startsWith('unix:')) return address.startsWith('unix:/tmp/conformance-') ? 'unix:*' : address;
  return address.endsWith(`:${port}`) ? address.replace(/\d+$/, 'peer') : address.replace(/\d+$/, '*');
}
