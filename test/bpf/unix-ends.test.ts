/** A server in a container, asked over a Unix socket by a process outside: nothing but that one's reads say that it has closed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { containIn } from '../helpers/contain.ts';
import { runPeers } from '../helpers/peers.ts';
import { startProfiler } from '../helpers/profiler.ts';

const REQUESTS = 50;
const PATIENCE_MS = 20_000;
/** Answers until it closes, without a length. */
const server = `import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("listens", flush=True)
for _ in range(${REQUESTS}):
    end, _ = listener.accept()
    end.recv(1000)
    end.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\nas long as it lasts")
    end.close()
`;

const client = `import socket, sys
for request in range(${REQUESTS}):
    end = socket.socket(socket.AF_UNIX)
    end.connect(sys.argv[1])
    end.sendall(b"GET /%d HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n" % request)
    while end.recv(1000):
        pass
    end.close()
`;

test.each(['A', ''])('a response that lasts until its Unix socket is closed is told whole, tier %s', async (tier) => {
  const folder = mkdtempSync(join(tmpdir(), 'unix-ends-'));
  const path = join(folder, 'socket');
  const child = spawn('python3', ['-c', server, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  using container = containIn([child.pid ?? 0]);
  await using profiler = await startProfiler({
    PROFILER_SCOPE: 'containers',
    PROFILER_CGROUPS: container.id,
    PROFILER_TIER: tier,
  });
  await once(spawn('python3', ['-c', client, path], { stdio: 'inherit' }), 'exit');
  await exited;
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type !== 'header');
  expect(told.map(({ target, status, end }) => `${target} ${status} ${end}`)).toEqual(
    Array.from({ length: REQUESTS }, (_, request) => `/${request} 200 closed`),
  );
  expect(profiler.status().counters.connections).toBe(0);
  rmSync(folder, { recursive: true });
});

const shutDown = `import socket
client, server = socket.socketpair()
client.sendall(b"GET /shut-down HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
server.recv(1000)
server.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 50000\\r\\n\\r\\n" + b"x" * 50000)
server.shutdown(socket.SHUT_WR)
while client.recv(20000):
    pass
`;

test.each(['A', ''])(
  'a response is told whole whose client reads it when its server has shut down, tier %s',
  async (tier) => {
    await using profiler = await startProfiler({ PROFILER_ROLE: 'both', PROFILER_TIER: tier });
    await runPeers(shutDown);
    await profiler.stop();
    const told = profiler.lines().filter(({ target }) => target === '/shut-down');
    expect(told.map(({ role, end, responseBytes }) => `${role} ${end} ${responseBytes}`).sort()).toEqual([
      'client complete 50042',
      'server complete 50042',
    ]);
  },
);

/** The last program that has them ends with both ends of two connections: of one a request waits, of the other the rest of an answer. */
const silent = `import socket
client, server = socket.socketpair()
client.sendall(b"GET /silent HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
server.recv(1000)
other, answering = socket.socketpair()
other.sendall(b"GET /answered HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
answering.recv(1000)
answering.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhi")
other.recv(1000)
`;

test.each(['A', ''])(
  'a Unix connection that both its ends left without a word is told all the same, tier %s',
  async (tier) => {
    await using profiler = await startProfiler({ PROFILER_ROLE: 'both', PROFILER_TIER: tier });
    await runPeers(silent);
    const told = (): readonly string[] =>
      profiler
        .lines()
        .filter(({ target }) => target === '/silent' || target === '/answered')
        .map(({ role, target, status, end }) => `${role} ${target} ${status} ${end}`)
        .sort();
    await vi.waitFor(() => expect(told().length).toBe(4), { timeout: PATIENCE_MS });
    expect(told()).toEqual([
      'client /answered 200 aborted',
      'client /silent null aborted',
      'server /answered 200 aborted',
      'server /silent null aborted',
    ]);
  },
);
