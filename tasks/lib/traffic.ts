/** The requests that `test` sends: several methods and statuses, a 404, a 500, chunked, kept connections and closed ones. */
import { randomBytes } from 'node:crypto';
import { keepAlive, request } from './http.ts';

/** One request that was sent, and the status that its answer had (null: no answer). */
export type Sent = {
  readonly method: string;
  readonly target: string;
  readonly status: number | null;
  readonly problem?: string;
};

export type Run = { readonly marker: string; readonly port: number; readonly sent: readonly Sent[] };

type Step = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body?: string;
  readonly kept: boolean;
};

const steps: readonly Step[] = [
  { method: 'GET', path: '/users', status: 200, kept: true },
  { method: 'GET', path: '/users/1', status: 200, kept: true },
  { method: 'HEAD', path: '/users', status: 200, kept: true },
  { method: 'POST', path: '/users', status: 400, body: 'no JSON', kept: true },
  { method: 'GET', path: '/users/0', status: 404, kept: true },
  { method: 'GET', path: '/stream', status: 200, kept: true },
  { method: 'GET', path: '/error', status: 500, kept: true },
  { method: 'GET', path: '/users', status: 200, kept: false },
  { method: 'DELETE', path: '/users/0', status: 404, kept: false },
  { method: 'PUT', path: '/nowhere', status: 404, body: '{}', kept: false },
  { method: 'OPTIONS', path: '/users', status: 404, kept: false },
  { method: 'GET', path: '/health', status: 204, kept: false },
];

/** Sends every step once, one after the other, each with a marker that no earlier run used; none after one that got no answer. */
export async function sendTraffic(port: number): Promise<Run> {
  const marker = `run-${randomBytes(6).toString('hex')}`;
  const agent = keepAlive();
  const sent: Sent[] = [];
  try {
    for (const [index, step] of steps.entries()) {
      const target = `${step.path}?${marker}=${index + 1}`;
      if (sent.at(-1)?.status === null) {
        sent.push({ method: step.method, target, status: null, problem: 'not sent: the one before got no answer' });
        continue;
      }
      const asked = { port, path: target, method: step.method, headers: { 'user-agent': 'tasks-test' } };
      const answer = await request({
        ...asked,
        ...(step.body === undefined ? {} : { body: step.body }),
        ...(step.kept ? { agent } : {}),
      });
      const problem = answer.problem ?? (answer.status === step.status ? undefined : `${step.status} was expected`);
      sent.push({
        method: step.method,
        target,
        status: answer.status ?? null,
        ...(problem === undefined ? {} : { problem }),
      });
    }
  } finally {
    agent.destroy();
  }
  return { marker, port, sent };
}
