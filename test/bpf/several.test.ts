/** Threads that end in the middle of a call with several messages, which nothing tells: what others send so is told as it is. */
import { expect, test } from 'vitest';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** More than the probe remembers. The second message of each is nowhere, so that the call ends with the first. */
const THREADS = 3_000;
const peers = `import ctypes, socket, struct, threading
libc = ctypes.CDLL(None)

def sendmmsg(end, parts):
    """Returns how many messages went out; a part that is None lies where there is no memory."""
    buffers = [ctypes.create_string_buffer(part or b"", len(part or b"")) for part in parts]
    iovecs = [struct.pack("PN", ctypes.addressof(buffer), len(buffer)) for buffer in buffers]
    array = ctypes.create_string_buffer(b"".join(iovecs))
    at = [ctypes.addressof(array) + 16 * i if part else 1 for i, part in enumerate(parts)]
    headers = b"".join(struct.pack("PIxxxxPNPNIxxxxIxxxx", 0, 0, iovec, 1, 0, 0, 0, 0) for iovec in at)
    return libc.sendmmsg(end.fileno(), ctypes.create_string_buffer(headers), len(parts), 0)

def leave(end):
    assert sendmmsg(end, [b"x", None]) == 1

near, far = socket.socketpair()
for _ in range(${THREADS}):
    thread = threading.Thread(target=leave, args=(near,))
    thread.start()
    thread.join()
    far.recv(1)

${listening(PORT)}client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
assert sendmmsg(client, [b"GET /sev", b"eral HTTP/1.1\\r\\nHost: a\\r", b"\\n\\r\\n"]) == 3
server.recv(1000)
server.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
client.recv(1000)
client.close()
`;

test('a call with several messages is told, whatever others have left of theirs', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'client', PROFILER_PORTS: String(PORT) });
  await runPeers(peers);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type !== 'header');
  expect(told.map(({ target, status, end }) => `${target} ${status} ${end}`)).toEqual(['/several 200 complete']);
});
