/** A process in a container of its own that ends with both ends of a Unix connection, whose request waits: no call says so. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { containIn } from '../../../test/helpers/contain.ts';
import type { Told } from '../../../test/helpers/profiler.ts';
import type { Finding } from './compare.ts';

const TARGET = '/gone';
const WANTED = ['client aborted', 'server aborted'];
const program = `import socket, sys
sys.stdin.readline()
client, server = socket.socketpair()
client.sendall(b"GET ${TARGET} HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
server.recv(1000)
`;

/** Resolves with how many ends there are to tell. */
export async function playGone(): Promise<number> {
  const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(child, 'exit');
  using _ = containIn(child.pid === undefined ? [] : [child.pid]);
  child.stdin.end('begin\n');
  await ended;
  return WANTED.length;
}

export function isOfGone(target: unknown): boolean {
  return target === TARGET;
}

export function compareGone(lines: readonly Told[]): Finding {
  const name = 'a Unix connection that both its ends left without a word';
  const told = lines.filter(({ target }) => isOfGone(target)).map(({ role, end }) => `${role} ${end}`);
  const [found, wanted] = [told.sort().join(), WANTED.join()];
  return found === wanted ? { name } : { name, problem: `expected [${wanted}]; traced [${found}]` };
}
