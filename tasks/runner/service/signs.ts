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

type Look = Pick<Surroundings, 'signal' | 'lookMs'>;

/** Why a URL is no sign now. */
export async function httpProblem(url: string, { signal, lookMs }: Look): Promise<string | undefined> {
  try {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
    const response = await fetch(url, { redirect: 'manual', signal: bound });
    await response.body?.cancel();
    return response.status < 400 ? undefined : `${url} answers with ${response.status}`;
  } catch (error) {
    return `${url} does not answer: ${causeOf(error)}`;
  }
}

/** `fetch` says only that it failed; why stands in the cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // A look that took too long has a number there.
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : messageOf(cause);
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
