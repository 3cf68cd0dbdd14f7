import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as TlsAgent } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a server answered, or why it did not. */
export type Answer = { readonly status: number; readonly body: Buffer };

export type Client = {
  /** Gets a small body. */
  readonly get: (path: string) => Promise<Answer>;
  /** Gets a body into a file, and its SHA-256 with it. More bytes than expected are refused. */
  readonly getFile: (
    path: string,
    file: string,
    size: number,
  ) => Promise<{ readonly status: number; readonly digest: string }>;
  readonly head: (path: string) => Promise<Answer>;
  readonly put: (path: string, body: Buffer) => Promise<Answer>;
  readonly putFile: (path: string, file: string, size: number) => Promise<Answer>;
  readonly close: () => void;
};

const smallBodyBytes = 64 * 1024 * 1024;
/** A server that sends less than this per second is as good as none. */
const slowestBytesPerSecond = 64 * 1024;
const connections = 8;

type Options = {
  readonly url: string;
  /** Without a sign of life for so long a request is given up. */
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** Makes a client for the server of one URL. Its promises reject for anything but an answer. */
export function makeClient({ url, timeoutMs, headers, signal }: Options): Client {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const isTls = base.protocol === 'https:';
  const agent = new (isTls ? TlsAgent : Agent)({ keepAlive: true, maxSockets: connections });

  const open = (method: 'GET' | 'HEAD' | 'PUT', path: string, size: number): ClientRequest => {
    const { username, password } = base;
    const auth = username === '' ? {} : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
    const boundMs = timeoutMs + (size / slowestBytesPerSecond) * 1000;
    const bounds = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(boundMs))]);
    const request = (isTls ? requestHttps : requestHttp)(new URL(path, base), {
      method,
      agent,
      headers: { ...headers, ...(method === 'PUT' ? contentOf(size) : {}) },
      signal: bounds,
      ...auth,
    });
    let response: IncomingMessage | undefined;
    request.once('response', (begun) => {
      response = begun;
    });
    // Whoever reads a response hears of a request's own end only that it was aborted.
    const giveUp = (): unknown => (response ?? request).destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
    request.setTimeout(timeoutMs, giveUp);
    // Heads that come byte by byte are signs of life, too.
    request.once('finish', () => {
      const timer = setTimeout(giveUp, timeoutMs);
      for (const event of ['response', 'close'] as const) request.once(event, () => clearTimeout(timer));
    });
    return request;
  };

  const ask = (request: ClientRequest, send?: Send): Promise<Answer> => answerOf(request, makePace(timeoutMs), send);

  return {
    get: (path) => ask(open('GET', path, smallBodyBytes)),
    head: (path) => ask(open('HEAD', path, 0)),
    put: (path, body) => ask(open('PUT', path, body.length), (request) => request.end(body)),
    putFile: (path, file, size) => ask(open('PUT', path, size), (request) => pipeline(createReadStream(file), request)),
    getFile: async (path, file, size) => {
      const response = await respond(open('GET', path, size));
      const status = response.statusCode ?? 0;
      if (status !== 200) {
        discard(response);
        return { status, digest: '' };
      }
      const digest = createHash('sha256');
      await pipeline(response, hashUpTo(size, digest, makePace(timeoutMs)), createWriteStream(file));
      return { status, digest: digest.digest('hex') };
    },
    close: () => agent.destroy(),
  };
}

function contentOf(bytes: number): Record<string, string> {
  return { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes) };
}

type Send = (request: ClientRequest) => unknown;

function respond(request: ClientRequest, send: Send = (open) => open.end()): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    // Where it answers with another protocol, as to a WebSocket, Node ends the connection without a word.
    request.once('close', () => reject(new Error('it does not answer as a cache does')));
    Promise.resolve(send(request)).catch(reject);
  });
}

/** Takes a body that belongs to no result, so that the connection can be used again; one that does not end is broken off. */
function discard(response: IncomingMessage): void {
  const timer = setTimeout(() => response.destroy(), 1_000).unref();
  response.once('close', () => clearTimeout(timer));
  response.on('error', () => undefined);
  response.resume();
}

/** To be called as bytes come in; throws once they come more slowly than any server that helps. */
type Pace = (bytes: number) => void;

function makePace(timeoutMs: number): Pace {
  const startedMs = performance.now();
  return (bytes) => {
    if (performance.now() - startedMs > timeoutMs + (bytes / slowestBytesPerSecond) * 1000)
      throw new Error(`it sends less than ${slowestBytesPerSecond / 1024} KiB per second`);
  };
}

async function answerOf(request: ClientRequest, pace: Pace, send?: Send): Promise<Answer> {
  const response = await respond(request, send);
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    discard(response);
    return { status, body: Buffer.alloc(0) };
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    if (length > smallBodyBytes) throw new Error('the answer is too long');
    pace(length);
    chunks.push(chunk as Buffer);
  }
  return { status, body: Buffer.concat(chunks) };
}

function hashUpTo(size: number, digest: ReturnType<typeof createHash>, pace: Pace): Transform {
  let length = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      length += chunk.length;
      try {
        if (length > size) throw new Error('the content is too long');
        pace(length);
        digest.update(chunk);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
