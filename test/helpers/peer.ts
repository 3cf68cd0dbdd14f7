/** Both ends of the connections of the conformance test, in one process, which has a container of its own. Needs root. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Case } from '../bpf/cases.ts';
import { containIn } from './contain.ts';

export type Peer = {
  readonly pid: number;
  /** Where it listens, over TCP. */
  readonly port: number;
  readonly command: string;
  /** The container's id. */
  readonly container: string;
  /** Resolves when all bytes of it have been moved. */
  readonly play: (each: Case) => Promise<void>;
};

/** Starts `program`, which is peer.py; it makes one connection at once, so that there is one from before the probe. */
export async function startPeer(program: string, port: number): Promise<Peer & AsyncDisposable> {
  const socket = `/tmp/conformance-${process.pid}.sock`;
  const child = spawn('python3', [program, String(port), socket], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const pid = Number((await said.next()).value);
  if (pid !== child.pid) throw new Error(`the peer should say ${child.pid}, and said ${pid}`);
  const container = containIn([pid]);
  return {
    pid,
    port,
    command: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(),
    container: container.id,
    play: async ({ name, transport, steps }) => {
      child.stdin.write(`${JSON.stringify({ name, transport, steps })}\n`);
      const { value } = await said.next();
      if (value !== name) throw new Error(`the peer should have played \`${name}\`, and said ${value}`);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      container[Symbol.dispose]();
    },
  };
}
