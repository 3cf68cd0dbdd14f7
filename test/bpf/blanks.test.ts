/** First lines that servers refuse, as the first that is seen of a connection: the kernel must not pass over it then. */
import { expect, test } from 'vitest';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
const peers = `${listening(PORT)}def refuse(request):
    client = socket.create_connection(listener.getsockname())
    server = listener.accept()[0]
    client.sendall(request)
    server.recv(1000)
    server.sendall(b"HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n")
    client.recv(1000)
    client.close()
    server.close()
refuse(b"GET  /two HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
refuse(b"GET" + b" " * 30 + b"/many HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
refuse(b"GET  HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
`;

test('a request with several blanks before its target is told as a connection’s first one, and counted without a target', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'both', PROFILER_PORTS: String(PORT) });
  await runPeers(peers);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type === 'exchange');
  const shown = told.map(({ role, target, status }) => `${role} ${target.trim()} ${status}`);
  expect(shown.sort()).toEqual(['client /many 400', 'client /two 400', 'server /many 400', 'server /two 400']);
  expect(profiler.status().counters.exchangesLost).toBe(2);
});
