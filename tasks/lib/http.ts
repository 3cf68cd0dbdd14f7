/** One HTTP request to the application on the loopback address. */
import { Agent, request as start } from 'node:http';

export type Asked = {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A connection to be kept and used again; without it, one that is closed. */
  readonly agent?: Agent;
};

/** `status` is undefined when no answer came, and `problem` says why. */
export type Answered = { readonly status: number | undefined; readonly body: string; readonly problem?: string };

const TIMEOUT_MS = 5_000;

/** An agent with one connection that is used again. */
export function keepAlive(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** Sends it and reads the answer to its end; never throws. */
export function request({ port, path, method = 'GET', headers = {}, body, agent }: Asked): Promise<Answered> {
  return new Promise((resolve) => {
    const call = start(
      { host: '127.0.0.1', port, path, method, headers, agent: agent ?? false, timeout: TIMEOUT_MS },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode, body: text }));
        response.on('error', (error) => resolve({ status: undefined, body: text, problem: error.message }));
      },
    );
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    call.on('error', (error) =>
      resolve({ status: undefined, body: '', problem: error.message || String((error as NodeJS.ErrnoException).code) }),
    );
    call.end(body);
  });
}
