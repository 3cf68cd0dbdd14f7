/** Threads that wait in a call when the profiler ends: their kernel has to bring them back from it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Finding } from './compare.ts';

/** Over TCP and over a Unix socket; says when both wait, lets them go on at a line on its stdin, and says what they received. */
const program = `import os, socket, sys, threading, time
listener = socket.create_server(("127.0.0.1", 0))
pairs = [socket.socketpair(), (socket.create_connection(listener.getsockname()), listener.accept()[0])]
received = []
threads = [threading.Thread(target=lambda end=end: received.append(end.recv(9))) for _, end in pairs]
for thread in threads:
    thread.start()
for thread in threads:
    while open("/proc/self/task/%d/stat" % thread.native_id).read().split(") ")[1][0] != "S":
        time.sleep(0.01)
print("waiting", flush=True)
sys.stdin.readline()
for end, _ in pairs:
    end.sendall(b"go on")
for thread in threads:
    thread.join()
print(received, flush=True)
`;

/** Begins to wait; the function lets it go on and resolves with what came of it. */
export async function startWaiting(): Promise<() => Promise<Finding>> {
  const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await said.next();
  return async () => {
    child.stdin.end('go on\n');
    const received = String((await said.next()).value);
    await ended;
    const name = 'calls that wait when the profiler ends';
    return received === "[b'go on', b'go on']" ? { name } : { name, problem: `they received ${received}` };
  };
}
