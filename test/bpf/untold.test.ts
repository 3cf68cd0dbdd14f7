/** Connections that were left out while the profiler stood still: the kernel keeps none of them when they are over. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** Both ends: so many requests that the ring is crowded, then connections that are all reset with their answers unread. */
const peers = `${listening(PORT)}def connect():
    client = socket.create_connection(listener.getsockname())
    return client, listener.accept()[0]
def get(target):
    return b"GET /" + target + b" HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
answer = b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi"
client, server = connect()
for _ in range(16000):
    client.sendall(get(b"long" * 450))
    server.recv(3000)
    server.sendall(answer)
    client.recv(100)
pairs = [connect() for _ in range(50)]
for client, server in pairs:
    client.sendall(get(b"untold"))
    server.sendall(answer)
    server.close()
for client, server in pairs:
    client.close()
`;

test('a connection that nobody was told of is forgotten when it is reset with its answer unread', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'client', PROFILER_PORTS: String(PORT) });
  const map = mapOfConnections(profiler.pid);
  process.kill(profiler.pid, 'SIGSTOP');
  try {
    await runPeers(peers);
  } finally {
    process.kill(profiler.pid, 'SIGCONT');
  }
  expect(ask<unknown[]>('map', 'dump', 'id', String(map))).toEqual([]);
  await profiler.stop();
  expect(profiler.status().counters.lostShed, 'the ring was too large to be crowded').toBeGreaterThan(50);
  expect(profiler.lines().filter(({ target }) => target === '/untold')).toEqual([]);
});

/** By the process that has it open: other profilers may run. */
function mapOfConnections(pid: number): number | undefined {
  const maps = ask<readonly { readonly id: number; readonly name?: string }[]>('map', 'show');
  const files = readdirSync(`/proc/${pid}/fdinfo`).map((fd) => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'));
  const opened = files.map((text) => Number(/^map_id:\s*(\d+)$/m.exec(text)?.[1]));
  return maps.find(({ name, id }) => name === 'hp_conns' && opened.includes(id))?.id;
}

function ask<Answer>(...words: readonly string[]): Answer {
  return JSON.parse(execFileSync('bpftool', ['--json', ...words], { encoding: 'utf8' })) as Answer;
}
