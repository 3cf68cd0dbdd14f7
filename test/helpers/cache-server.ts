/** A cache server that a test holds in its hands: it says what it was asked for, and answers as the test wants. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type CacheServer = AsyncDisposable & {
  readonly url: string;
  /** What was asked, `GET /ac`, in order. */
  readonly asked: () => readonly string[];
  readonly headers: () => readonly IncomingMessage['headers'][];
  /** What it has, by path. */
  readonly entries: Map<string, Buffer>;
};

export type Answer = (request: IncomingMessage, response: ServerResponse, server: CacheServer) => boolean;

/** Starts it. `answer` gives true for requests that it takes over; all others are served from `entries`. */
export async function startCacheServer(answer: Answer = () => false): Promise<CacheServer> {
  const entries = new Map<string, Buffer>();
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const http = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.method} ${path.split('/').slice(0, 2).join('/')}`);
    headers.push(request.headers);
    if (answer(request, response, server)) return;
    if (request.method === 'PUT') return void store(request, response, entries, path);
    const body = entries.get(path);
    response.statusCode = body === undefined ? 404 : 200;
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const server: CacheServer = {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    headers: () => headers,
    entries,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return server;
}

async function store(
  request: IncomingMessage,
  response: ServerResponse,
  entries: Map<string, Buffer>,
  path: string,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  entries.set(path, Buffer.concat(chunks));
  response.statusCode = 201;
  response.end();
}
