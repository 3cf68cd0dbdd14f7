/** A client that closes its connection with the answer unread: nothing more will come, and that is told at once. */
import { expect, test } from 'vitest';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** Both ends, so that the answer is there when the client closes: as it is, and after it has said that it asks no more. */
const peers = `${listening(PORT)}for target in b"/closed", b"/shut":
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    client.sendall(b"GET " + target + b" HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    server.recv(1000)
    server.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
    if target == b"/shut":
        client.shutdown(socket.SHUT_WR)
        assert server.recv(1000) == b""
    client.recv(1, socket.MSG_PEEK)
    client.close()
`;

test.each(['A', ''])('a client that closes with its answer unread is told at once, tier %s', async (tier) => {
  await using profiler = await startProfiler({
    PROFILER_ROLE: 'client',
    PROFILER_PORTS: String(PORT),
    PROFILER_TIER: tier,
  });
  await runPeers(peers);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type !== 'header');
  expect(told.map(({ target, status, end }) => `${target} ${status} ${end}`)).toEqual([
    '/closed null aborted',
    '/shut null aborted',
  ]);
});
