import { get } from 'node:http';
import { get as getOverTls } from 'node:https';
import { connect } from 'node:net';
import type { Sign } from '../config/types.ts';
import { messageOf } from '../errors.ts';
import type { Runner } from '../process/capture.ts';
import type { Session } from '../session.ts';
import { type Address, tcpAddressOf } from './address.ts';

/** What can tell whether a service is ready. */
export type Surroundings = {
  readonly run: Runner;
  readonly engine: Session['engine'];
  /** Whether a line of the service's output has matched. */
  readonly hasSaid: (pattern: string) => boolean;
  /** Ends a look early. */
  readonly signal: AbortSignal;
  /** How long one look may take. */
  readonly lookMs: number;
  /** Hears that a server has taken a connection, whatever becomes of it. */
  readonly onConnect?: (() => void) | undefined;
};

/** Looks once for a sign; undefined when it is there, else what stands there instead. */
export async function missing({ kind, value }: Sign, around: Surroundings): Promise<string | undefined> {
  switch (kind) {
    case 'http':
      return await httpProblem(value, around);
    case 'tcp':
      return await tcpProblem(tcpAddressOf(value), around);
    case 'log':
      return around.hasSaid(value) ? undefined : `no line of its output matches \`${value}\``;
    case 'command':
      return await commandProblem(value, around);
    case 'health':
      return await healthProblem(value, around);
    default:
      return kind satisfies never;
  }
}

type Look = Pick<Surroundings, 'signal' | 'lookMs' | 'onConnect'>;

/** Why a URL is no sign now. */
export async function httpProblem(url: string, { signal, lookMs, onConnect }: Look): Promise<string | undefined> {
  try {
    const status = await statusOf(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(lookMs)]), onConnect });
    return status < 400 ? undefined : `${url} answers with ${status}`;
  } catch (error) {
    return `${url} does not answer: ${causeOf(error)}`;
  }
}

/** An answer that goes on for longer is cut off. */
const bodyMs = 100;

/**
 * Asks over one connection and closes it. A server that serves one connection after the other would answer nobody while
 * another one is kept open, or opened ahead, as `fetch` does.
 */
function statusOf(url: string, { signal, onConnect }: Omit<Look, 'lookMs'>): Promise<number> {
  let silence = new Error('nothing takes the connection');
  return new Promise((resolve, reject) => {
    const ask = new URL(url).protocol === 'https:' ? getOverTls : get;
    const request = ask(url, { agent: false, headers: { accept: '*/*', 'user-agent': 'node' }, signal });
    request.once('socket', (socket) =>
      socket.once('connect', () => {
        silence = new Error('it takes the connection, and then says nothing');
        onConnect?.();
      }),
    );
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.on('error', () => undefined).resume();
      setTimeout(() => response.destroy(), bodyMs).unref();
    });
    request.on('error', (error) => reject(signal.aborted ? silence : error));
    // Where it changes over to another protocol, Node ends the connection without a word.
    request.once('close', () => reject(new Error('it speaks another protocol')));
  });
}

function causeOf(error: unknown): string {
  // A look that took too long has a number there.
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : messageOf(error);
}

/** Why an address is no sign now. */
export function tcpProblem({ host, port }: Address, { signal, lookMs }: Look): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: lookMs });
    const end = (problem?: string): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(problem);
    };
    const onAbort = (): void => end('it is no longer looked for');
    signal.addEventListener('abort', onAbort);
    socket.once('connect', () => end());
    socket.once('timeout', () => end(`${host}:${port} does not answer`));
    socket.once('error', (error) => end(`${host}:${port} accepts no connection: ${causeOf(error)}`));
  });
}

async function commandProblem(command: string, { run, lookMs }: Surroundings): Promise<string | undefined> {
  const ran = await run(['/bin/sh', '-c', command], { timeoutMs: lookMs });
  if (ran.code === 0) return undefined;
  return `\`${command}\` ${ran.code === null ? 'did not end' : `exits with ${ran.code}`}`;
}

async function healthProblem(container: string, { run, engine, lookMs }: Surroundings): Promise<string | undefined> {
  const state = await engine.ask();
  if (state.state === 'silent') return `no container engine: ${state.problem}`;
  const format = '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}';
  const ran = await run([...state.engine.command, 'inspect', '--format', format, container], { timeoutMs: lookMs });
  if (ran.code !== 0) return `there is no container \`${container}\``;
  const status = ran.stdout.trim();
  if (status === 'none' || status === '') return `the container \`${container}\` has no health check`;
  return status === 'healthy' ? undefined : `the container \`${container}\` is ${status}`;
}
