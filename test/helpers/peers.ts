/** Both ends of connections in one program, for what can only be seen where their calls come in a certain order. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';

/** In Python: `listener`, at a port of the loopback. */
export const listening = (port: number): string => `import socket
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", ${port}))
listener.listen()
`;

/** Runs such a program to its end, which has to be a good one. */
export async function runPeers(program: string): Promise<void> {
  const child = spawn('python3', ['-c', program], { stdio: 'inherit' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
}
