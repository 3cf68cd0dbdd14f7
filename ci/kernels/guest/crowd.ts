/** Many processes that move bytes at once, in a container of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { containIn } from '../../../test/helpers/contain.ts';

export type Crowd = {
  readonly name: string;
  readonly about: string;
  readonly pairs: number;
  readonly requests: number;
};

export const CROWDS: readonly Crowd[] = [
  { name: 'crowd', about: 'many connections at once', pairs: 16, requests: 125 },
  { name: 'amid', about: 'connections amid a call to bpf() of another process', pairs: 2, requests: 50 },
];

/** Resolves with how many requests the servers answered, by their own count. */
export async function playCrowd(program: string, port: number, crowd: Crowd): Promise<number> {
  const words = [crowd.name, ...[port, crowd.pairs, crowd.requests].map(String)];
  const child = spawn('python3', [program, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await said.next();
  using _ = containIn(child.pid === undefined ? [] : [child.pid]);
  child.stdin.end('begin\n');
  const answered = Number((await said.next()).value);
  await ended;
  return answered;
}

export function isOfCrowd(target: unknown, { name }: Crowd): boolean {
  return String(target).startsWith(`/${name}/`);
}
