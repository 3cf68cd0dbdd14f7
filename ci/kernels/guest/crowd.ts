/** Processes that move bytes by themselves, in containers of their own: many at once, and one of 32 bits. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { containIn } from '../../../test/helpers/contain.ts';

const PAIRS = 16;
const REQUESTS = 125;

/** Resolves with how many requests the servers answered, by their own count. */
export async function playCrowd(program: string, port: number): Promise<number> {
  const child = spawn('python3', [program, ...[port, PAIRS, REQUESTS].map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await said.next();
  using _ = containIn(child.pid === undefined ? [] : [child.pid]);
  child.stdin.end('begin\n');
  const answered = Number((await said.next()).value);
  await ended;
  return answered;
}

/** Resolves with the names of what it has exchanged, and how it ended if not well. */
export async function playTalk32(program: string, port: number): Promise<readonly string[]> {
  const child = spawn('/bin/busybox', ['sh', '-c', 'read -r _ && exec "$@"', 'sh', program, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  using _ = containIn(child.pid === undefined ? [] : [child.pid]);
  const ended = once(child, 'close');
  child.stdin.end('begin\n');
  const said = await text(child.stdout);
  const [code, signal] = await ended;
  const failure = code === 0 ? [] : [`ended with ${signal ?? code}`];
  return [...said.split('\n').filter((name) => name !== ''), ...failure];
}

export const isOfCrowd = (target: unknown): boolean => String(target).startsWith('/crowd/');
