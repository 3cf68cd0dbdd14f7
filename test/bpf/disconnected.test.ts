/** A client's socket that is disconnected (`connect` to no address) and connected again, while something was under way. */
import { expect, test } from 'vitest';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();

const peers = (underWay: string) => `import ctypes, struct, time
${listening(PORT)}client = socket.socket()
def receive(end, left):
    while left:
        left -= len(end.recv(left))
def move(source, target, *parts):
    for part in parts:
        source.sendall(part)
        receive(target, len(part))
answer = b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi"
client.connect(listener.getsockname())
server, _ = listener.accept()
${underWay}
time.sleep(0.1)
assert ctypes.CDLL(None).connect(client.fileno(), struct.pack("H14x", socket.AF_UNSPEC), 16) == 0
server.close()
client.connect(listener.getsockname())
server, _ = listener.accept()
move(client, server, b"POST /after/1 HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n", b"2\\r\\nhi\\r\\n", b"0\\r\\n\\r\\n")
move(server, client, answer)
move(client, server, b"GET /after/2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
move(server, client, answer)
client.close()
`;

test.each([
  [
    'an answer that nobody had read',
    `move(client, server, b"GET /before HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
server.sendall(answer)`,
  ],
  [
    'a body, of which the kernel was told where it ends',
    `head = b"PUT /before HTTP/1.1\\r\\nContent-Length: 1000000\\r\\nCookie: " + b"c" * 3000 + b"\\r\\n\\r\\n"
move(client, server, head + b"x" * 20000)`,
  ],
])('behind %s', async (_, underWay) => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'client', PROFILER_PORTS: String(PORT) });
  await runPeers(peers(underWay));
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type === 'exchange');
  expect(told.map(({ target, status, end }) => `${target} ${status} ${end}`)).toEqual([
    '/before null aborted',
    '/after/1 200 complete',
    '/after/2 200 complete',
  ]);
  expect(profiler.status().counters).toMatchObject({ connections: 0, exchanges: 3 });
});
