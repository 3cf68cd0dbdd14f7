/**
 * The application that is watched: a small users service. It knows nothing of the profiler.
 *
 *   GET    /users        the users            POST   /users      adds one ({"name": …})
 *   GET    /users/:id    one, or 404          DELETE /users/:id  removes it
 *   GET    /stream       chunked, in pieces   GET    /error      500
 *   GET    /health       204
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

type User = { readonly id: number; readonly name: string };
type Answer = (request: IncomingMessage, response: ServerResponse, id: number) => void | Promise<void>;

const LONGEST_BODY = 64 * 1024;
const users = new Map<number, User>([
  [1, { id: 1, name: 'Ada' }],
  [2, { id: 2, name: 'Grace' }],
]);
let nextId = 3;

const routes: Record<string, Answer> = {
  'GET /users': (_request, response) => send(response, 200, [...users.values()]),
  'POST /users': addUser,
  'GET /users/:id': (_request, response, id) =>
    send(response, users.has(id) ? 200 : 404, users.get(id) ?? { error: 'no such user' }),
  'DELETE /users/:id': (_request, response, id) => send(response, users.delete(id) ? 200 : 404, { id }),
  'GET /stream': streamPieces,
  'GET /error': (_request, response) => send(response, 500, { error: 'asked for' }),
  'GET /health': (_request, response) => void response.writeHead(204).end(),
};

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    send(response, 500, { error: 'internal' });
  });
});
const port = Number(process.env.PORT ?? 8080);
server.listen(port, '0.0.0.0', () => console.log(`app: listening on port ${port} of the container`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? '/';
  // Alone, `//x` would be another host.
  const { pathname } = new URL(target.startsWith('/') ? `http://app${target}` : target, 'http://app');
  const id = Number(/^\/users\/(\d+)$/.exec(pathname)?.[1] ?? Number.NaN);
  const path = Number.isNaN(id) ? pathname : '/users/:id';
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = routes[`${method} ${path}`];
  if (route === undefined) send(response, 404, { error: 'no such path' });
  else await route(request, response, id);
}

async function addUser(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  // A character may come in two pieces.
  request.setEncoding('utf8');
  for await (const piece of request) {
    body += piece;
    if (body.length > LONGEST_BODY) return send(response, 413, { error: 'the body is longer than 64 KiB' });
  }
  const name = nameIn(body);
  if (name === undefined) return send(response, 400, { error: 'a body like {"name": "Ada"} is needed' });
  const user = { id: nextId++, name };
  users.set(user.id, user);
  return send(response, 201, user);
}

function nameIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function streamPieces(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain' });
  for (const piece of ['one\n', 'two\n', 'three\n']) {
    response.write(piece);
    await new Promise(setImmediate);
  }
  response.end();
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
}
