/** Many processes that move bytes at once, in a container of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
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

export const isOfCrowd = (target: unknown): boolean => String(target).startsWith('/crowd/');
