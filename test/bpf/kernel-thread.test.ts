/** What threads of the kernel move over the socket of a process, as between those of a map: it is not counted as io_uring's. */
import { expect, test } from 'vitest';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** Whatever one connection receives the kernel sends over another one, by itself. */
const peers = `${listening(PORT)}import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
def bpf(command, fields, *values):
    attributes = struct.pack(fields, *values).ljust(128, b"\\0")
    number = 321 if os.uname().machine == "x86_64" else 280
    answer = libc.syscall(number, command, attributes, len(attributes))
    assert answer >= 0, os.strerror(ctypes.get_errno())
    return answer
def instruction(code, registers, value):
    return struct.pack("<BBhi", code, registers, 0, value)
def at(values):
    return ctypes.addressof(values)
MAP_CREATE, MAP_UPDATE_ELEM, PROG_LOAD, PROG_ATTACH = 0, 2, 5, 8
SOCKMAP, SK_SKB, STREAM_VERDICT = 15, 14, 5
sockets = bpf(MAP_CREATE, "IIII", SOCKMAP, 4, 4, 2)
# return bpf_sk_redirect_map(context, sockets, 1, 0);
code = ctypes.create_string_buffer(
    instruction(0x18, 0x12, sockets) + bytes(8) + instruction(0xb7, 3, 1) + instruction(0xb7, 4, 0)
    + instruction(0x85, 0, 52) + instruction(0x95, 0, 0), 48)
license = ctypes.create_string_buffer(b"GPL")
program = bpf(PROG_LOAD, "IIQQ", SK_SKB, 6, at(code), at(license))
bpf(PROG_ATTACH, "IIII", sockets, program, STREAM_VERDICT, 0)
def connect():
    client = socket.create_connection(listener.getsockname())
    return client, listener.accept()[0]
(first, taken), (sent, last) = connect(), connect()
for place, each in enumerate((taken, sent)):
    key, value = ctypes.c_uint32(place), ctypes.c_uint32(each.fileno())
    bpf(MAP_UPDATE_ELEM, "IIQQQ", sockets, 0, at(key), at(value), 0)
for _ in range(20):
    first.sendall(b"no HTTP at all")
    last.settimeout(10)
    assert last.recv(100) == b"no HTTP at all"
`;

test('what a thread of the kernel sends is not counted as what io_uring moved and nobody saw', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'both', PROFILER_PORTS: String(PORT) });
  await runPeers(peers);
  await profiler.stop();
  const { counters } = profiler.status();
  // What has come of its connections, and nothing that was lost of them.
  expect(counters.records).toBeGreaterThan(0);
  expect(Object.keys(counters).filter((name) => name.startsWith('lost'))).toEqual([]);
});
