/** More requests than a stopped reader has room for: a server that counts them, and clients over raw sockets. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How the messages of a flood look, and in what pieces they go. */
export type Flood = {
  readonly request: (index: number) => string;
  readonly answer: string;
  /** Requests that are sent at once before any of them is answered. */
  readonly atOnce: number;
  /** Requests on one connection. */
  readonly perConnection: number;
  readonly splitAt?: number;
};

export type Flooded = {
  readonly port: number;
  /** How many requests the server has answered. */
  readonly answered: () => number;
  /** Makes that many requests over several connections at once. */
  readonly send: (requests: number) => Promise<void>;
  readonly close: () => void;
};

const CONNECTIONS = 20;
const HEAD_END = '\r\n\r\n';

/** Starts the server at a port of the loopback. */
export async function openFlood(port: number, flood: Flood): Promise<Flooded> {
  let answered = 0;
  const server = answerAll(flood, () => {
    answered++;
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  let sent = 0;
  return {
    port,
    answered: () => answered,
    close: () => server.close(),
    send: async (requests) => {
      const end = sent + requests;
      const keepOn = async (): Promise<void> => {
        while (sent < end) {
          const socket = connect(port, '127.0.0.1').setNoDelay();
          for (let done = 0; done < flood.perConnection && sent < end; done += flood.atOnce) {
            const index = sent;
            sent += flood.atOnce;
            await exchange(socket, flood, index);
          }
          socket.end();
          await once(socket.resume(), 'close');
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, keepOn));
    },
  };
}

function answerAll({ answer, atOnce }: Flood, count: () => void): Server {
  return createServer((socket) => {
    socket.setNoDelay();
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const heads = text.split(HEAD_END);
      if (heads.length <= atOnce) return;
      text = heads.at(-1) ?? '';
      for (let head = 1; head < heads.length; head++) {
        count();
        socket.write(answer, 'latin1');
      }
    });
    socket.on('end', () => socket.end());
  });
}

/** Sends what goes at once and waits for all the answers. */
async function exchange(socket: Socket, flood: Flood, index: number): Promise<void> {
  const text = Array.from({ length: flood.atOnce }, (_, each) => flood.request(index + each)).join('');
  if (flood.splitAt === undefined) socket.write(text, 'latin1');
  else {
    socket.write(text.slice(0, flood.splitAt), 'latin1');
    await new Promise(setImmediate);
    socket.write(text.slice(flood.splitAt), 'latin1');
  }
  for (let missing = flood.answer.length * flood.atOnce; missing > 0; ) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    missing -= bytes.length;
  }
}
