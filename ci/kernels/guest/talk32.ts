/** A 32-bit process that talks to itself, in a container of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { containIn } from '../../../test/helpers/contain.ts';

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
