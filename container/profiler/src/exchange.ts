/** A request and its response: the unit of the trace. */
import type { RequestLine } from './http1/head.ts';

export type Role = 'server' | 'client';

export type Container = {
  readonly id: string | null;
  readonly name: string | null;
  readonly image: string | null;
  readonly service: string | null;
};

/** A process, as it was when it moved the bytes. */
export type Process = {
  readonly pid: number;
  readonly comm: string;
  /** Null for a process of the host. */
  readonly container: Container | null;
  /** False for one that the settings leave out. */
  readonly isWanted: boolean;
};

/**
 * `complete`: as its framing says. `closed`: the body lasted until the connection was closed, in good order.
 * `upgraded`: another protocol follows. `aborted`: the connection ended before the exchange did.
 */
export type End = 'complete' | 'closed' | 'upgraded' | 'aborted';

/** Times are nanoseconds of the kernel's boot clock; undefined if unseen. */
export type Exchange = {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly role: Role;
  readonly process: Process;
  readonly local: string;
  readonly remote: string;
  /** The same on both ends of one exchange. */
  readonly link: string;
  readonly requestFirstNs: number;
  readonly requestLastNs: number | undefined;
  readonly responseFirstNs: number | undefined;
  readonly responseLastNs: number | undefined;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly status: number | undefined;
  readonly end: End;
};

/** A request that waits for its response, or for its own end. */
export type Pending = {
  requestFirstNs: number;
  readonly requestOffset: number;
  readonly process: Process;
  method: string;
  target: string;
  protocol: string;
  requestLastNs: number | undefined;
  requestBytes: number;
  responseOffset: number | undefined;
  responseFirstNs: number | undefined;
  responseLastNs: number | undefined;
  responseBytes: number;
  status: number | undefined;
  requestIsComplete: boolean;
  responseIsComplete: boolean;
  /** Its head has come, or will not: it is in line for its response, or counted. */
  isAdmitted: boolean;
};

/** A request whose first byte has just come. */
export function startPending(process: Process, requestFirstNs: number, requestOffset: number): Pending {
  return {
    requestFirstNs,
    requestOffset,
    process,
    method: '',
    target: '',
    protocol: '',
    requestLastNs: undefined,
    requestBytes: 0,
    responseOffset: undefined,
    responseFirstNs: undefined,
    responseLastNs: undefined,
    responseBytes: 0,
    status: undefined,
    requestIsComplete: false,
    responseIsComplete: false,
    isAdmitted: false,
  };
}

/** Its first line has come. Field by field, as below. */
export function nameRequest(pending: Pending, { method, target, protocol }: RequestLine): void {
  pending.method = method;
  pending.target = target;
  pending.protocol = protocol;
}

/** What a request came to. Field by field: spreading costs more than all the parsing. */
export function finishExchange(
  pending: Pending,
  { role, local, remote, link, end }: Pick<Exchange, 'role' | 'local' | 'remote' | 'link' | 'end'>,
): Exchange {
  return {
    method: pending.method,
    target: pending.target,
    protocol: pending.protocol,
    role,
    process: pending.process,
    local,
    remote,
    link,
    requestFirstNs: pending.requestFirstNs,
    requestLastNs: pending.requestLastNs,
    responseFirstNs: pending.responseFirstNs,
    responseLastNs: pending.responseLastNs,
    requestBytes: pending.requestBytes,
    responseBytes: pending.responseBytes,
    status: pending.status,
    end,
  };
}
