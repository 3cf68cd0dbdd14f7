/** What its receiver moves on by splice, as proxies do: what comes after it is told, and what came last at the connection's end. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
const BODY = 2 ** 32 + 10_000;
const head = `PUT /large HTTP/1.1\r\nContent-Length: ${BODY}\r\n\r\n`;
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

/** What is received goes nowhere. */
const program = `import fcntl, os, socket, sys, threading
port, body, head, ok, *requests = sys.argv[1:]
body = int(body)
listener = socket.create_server(("127.0.0.1", int(port)))
client = socket.create_connection(("127.0.0.1", int(port)))
server, _ = listener.accept()
reader, writer = os.pipe()
room = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 1 << 20)
nowhere = os.open("/dev/null", os.O_WRONLY)

def upload():
    some = memoryview(bytes(1 << 20))
    for sent in range(0, body, len(some)):
        client.sendall(some[:body - sent])

def answer():
    server.sendall(ok.encode())
    client.recv(1000)

client.sendall(head.encode())
server.recv(len(head))
thread = threading.Thread(target=upload)
thread.start()
left = body
while left:
    moved = os.splice(server.fileno(), writer, min(left, room))
    left -= moved
    while moved:
        moved -= os.splice(reader, nowhere, moved)
thread.join()
answer()
for request in requests:
    client.sendall(request.encode())
    server.recv(1000)
    answer()
`;

test('requests behind a body of more than 4 GiB that was received by splice are told', async () => {
  const targets = ['/after/1', '/after/2'];
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT) });
  execFileSync('python3', ['-c', program, String(PORT), String(BODY), head, ok, ...targets.map(get)]);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type !== 'header');
  expect(told.map(({ target, status, end, requestBytes }) => `${target} ${status} ${end} ${requestBytes}`)).toEqual([
    `/large 200 complete ${head.length + BODY}`,
    ...targets.map((target) => `${target} 200 complete ${get(target).length}`),
  ]);
});

/** A client reads so many bytes of the answer, moves the others on, and closes the connection. */
const lastProgram = `import os, socket, sys
port, seen, answer, request = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", int(port)))
client = socket.create_connection(("127.0.0.1", int(port)))
server, _ = listener.accept()
client.sendall(request.encode())
server.recv(1000)
server.sendall(answer.encode())
left = len(answer)
if int(seen):
    left -= len(client.recv(int(seen)))
reader, writer = os.pipe()
while left:
    left -= os.splice(client.fileno(), writer, left)
client.close()
`;

test.each([
  ['a body', ok.length - 2, { told: [`/last 200 complete ${ok.length}`], lost: 0 }],
  ['all', 0, { told: [], lost: 1 }],
] as const)('where a client received %s of the last answer by splice, that is no abort', async (_, seen, expected) => {
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT), PROFILER_ROLE: 'client' });
  execFileSync('python3', ['-c', lastProgram, String(PORT), String(seen), ok, get('/last')]);
  await profiler.stop();
  const exchanges = profiler.lines().filter(({ type }) => type === 'exchange');
  expect({
    told: exchanges.map(({ target, status, end, responseBytes }) => `${target} ${status} ${end} ${responseBytes}`),
    lost: profiler.status().counters.exchangesLost ?? 0,
  }).toEqual(expected);
});
