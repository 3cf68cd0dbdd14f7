/** Pausing under traffic: what is under way is counted, what happens meanwhile is not told, and nothing is made up after. */
import { once } from 'node:events';
import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { follow } from '../helpers/follow.ts';
import { freePort } from '../helpers/port.ts';
import { type Profiler, startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** Connections, each of which has a request under way when capture is paused. */
const HELD = 3;
const both = ['client', 'server'];

test('a pause counts what was under way, tells nothing of what follows, and the same connections are told after it', async () => {
  await using server = await startServer();
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT), PROFILER_ROLE: 'both' });
  const agents = Array.from({ length: HELD }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const askEach = (what: string) => agents.map((agent, index) => ask(agent, `/${what}/${index}`));

  await Promise.all(askEach('before'));
  const underWay = askEach('held');
  await server.untilHeld(HELD);
  await toggle(profiler, 'paused');
  server.release(1);
  await Promise.race(underWay);
  await ask(new Agent(), '/meanwhile');
  await toggle(profiler, 'attached');
  server.release(HELD - 1);
  await Promise.all(underWay);
  await Promise.all(askEach('after'));
  for (const agent of agents) agent.destroy();
  await profiler.stop();

  const told = profiler.lines().filter(({ type }) => type === 'exchange');
  const expected = ['before', 'after'].flatMap((what) => agents.map((_, index) => `/${what}/${index} 200 complete`));
  for (const role of both) {
    const mine = told.filter((line) => line.role === role);
    expect(mine.map(({ target, status, end }) => `${target} ${status} ${end}`).sort()).toEqual(expected.toSorted());
  }
  const { paused, exchangesLost } = profiler.status().counters;
  expect({ paused, exchangesLost }).toEqual({ paused: HELD * both.length, exchangesLost: undefined });
  expect(profiler.text()).toContain(`capture was paused while they were under way: ${HELD * both.length} since`);
});

/** Each line that it reads is a request in chunks, of so many bytes, over one Unix connection. */
const chunks = `import socket, sys
client, server = socket.socketpair()
def receive(end, left):
    while left:
        left -= len(end.recv(left))
for line in sys.stdin:
    target, size = line.split()
    head = b"POST %s HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n" % target.encode()
    body = b"%x\\r\\n" % int(size) + b"x" * int(size) + b"\\r\\n0\\r\\n\\r\\n"
    for part in (head, body):
        client.sendall(part)
        receive(server, len(part))
    server.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
    receive(client, 38)
    print(f"answered {target}", flush=True)
`;

test('what the kernel was told of a Unix connection before a pause is not for its streams after it, which are counted anew', async () => {
  await using profiler = await startProfiler({});
  await using peers = follow(['python3', '-c', chunks]);
  const post = async (target: string, bytes: number): Promise<void> => {
    peers.type(`${target} ${bytes}\n`);
    await peers.says(`answered ${target}`);
  };
  const told = () => profiler.lines().flatMap(({ target = '' }) => (target.startsWith('/chunks/') ? [target] : []));
  for (const place of [1, 2, 3]) await post(`/chunks/before/${place}`, 50_000);
  await expect.poll(() => told().length).toBe(3);
  await toggle(profiler, 'paused');
  await toggle(profiler, 'attached');
  for (const place of [1, 2]) await post(`/chunks/after/${place}`, 100);
  await profiler.stop();
  expect(told().slice(3)).toEqual(['/chunks/after/1', '/chunks/after/2']);
});

test('a profiler that is ended while it is paused has told what came before', async () => {
  await using _ = await startServer();
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT) });
  await ask(new Agent(), '/before');
  await toggle(profiler, 'paused');
  await ask(new Agent(), '/meanwhile');
  await profiler.stop();
  expect(profiler.lines().flatMap(({ type, target }) => (type === 'exchange' ? [target] : []))).toEqual(['/before']);
  expect(profiler.status()).toMatchObject({ state: 'paused', counters: { exchanges: 1 } });
});

/** Answers at once, but for `/held/…`, which waits to be released. */
async function startServer() {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/held/')) held.push(response);
    else response.end('hi');
  });
  await once(server.listen(PORT, '127.0.0.1'), 'listening');
  return {
    untilHeld: async (count: number): Promise<void> => {
      while (held.length < count) await sleep(5);
    },
    release: (count: number): void => {
      for (const response of held.splice(0, count)) response.end('late');
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function ask(agent: Agent, path: string): Promise<void> {
  return new Promise((settle, fail) => {
    get({ port: PORT, host: '127.0.0.1', path, agent }, (response) => {
      response.resume().once('end', settle);
    }).once('error', fail);
  });
}

/** Sends the signal and waits until the profiler says that it has done what it asks for. */
async function toggle(profiler: Profiler, state: string): Promise<void> {
  process.kill(profiler.pid, 'SIGUSR2');
  while (stateOf(profiler) !== state) await sleep(20);
}

/** The file is rewritten in place: a reader that cannot parse it reads again. */
function stateOf(profiler: Profiler): string | undefined {
  try {
    return profiler.status().state;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
