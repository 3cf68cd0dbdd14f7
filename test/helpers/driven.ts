import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A command that a test holds in its hands: it has started when the test is told, and ends when the test says so. */
export type DrivenCommand = {
  /** What the command is: bash that talks to the test through a port of the loopback. */
  readonly script: string;
  /** Resolves at its next start. */
  readonly started: () => Promise<Invocation>;
  /** How often it has been started. */
  readonly startCount: () => number;
  readonly close: () => void;
};

export type Invocation = { readonly exit: (code: number) => void; readonly isGone: Promise<unknown> };

/** Makes the command; each connection is one invocation. */
export async function makeDrivenCommand(name: string): Promise<DrivenCommand> {
  const waiting: Socket[] = [];
  const wanted: ((socket: Socket) => void)[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.resume();
    const take = wanted.shift();
    if (take === undefined) waiting.push(socket);
    else take(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    script: `# ${name}\nexec 3<>/dev/tcp/127.0.0.1/${port} || exit 99\nread -r code <&3 || exit 98\nexit "$code"`,
    started: async () => {
      const socket = waiting.shift() ?? (await new Promise<Socket>((settle) => wanted.push(settle)));
      return { exit: (code) => socket.end(`${code}\n`), isGone: once(socket, 'close') };
    },
    startCount: () => count,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
