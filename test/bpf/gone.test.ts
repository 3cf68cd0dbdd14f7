/** A client that goes without waiting for its answer: the reset comes while the server sends it, and is dealt with before that is seen. */
import { expect, test } from 'vitest';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
const peers = `${listening(PORT)}import fcntl, termios, threading

def is_asleep(thread):
    return open(f"/proc/self/task/{thread.native_id}/stat").read().rsplit(")", 1)[1].split()[0] == "S"

for target, length in (b"/whole", b"2"), (b"/begun", b"9"):
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    client.sendall(b"GET " + target + b" HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    client.close()
    server.recv(1000)
    server.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: " + length + b"\\r\\n\\r\\nhi")
    server.close()

def send():
    try:
        server.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 20000000\\r\\n\\r\\n" + b"x" * 20000000)
    except ConnectionError:
        pass
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
client.sendall(b"GET /waits HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
server.recv(1000)
sender = threading.Thread(target=send)
sender.start()
fcntl.ioctl(client, termios.FIONREAD, room := bytearray(4))
while not any(room) or not is_asleep(sender):
    fcntl.ioctl(client, termios.FIONREAD, room)
client.close()
sender.join()
`;

test.each(['A', ''])('what a server answered to a client that had gone is told, tier %s', async (tier) => {
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT), PROFILER_TIER: tier });
  await runPeers(peers);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type !== 'header');
  expect(told.map(({ target, status, end }) => `${target} ${status} ${end}`)).toEqual([
    '/whole 200 complete',
    '/begun 200 aborted',
    '/waits 200 aborted',
  ]);
});
