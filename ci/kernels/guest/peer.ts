/** Both ends of the connections, in a process and a container of its own: the one that plays the cases everywhere else. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Case } from '../../../test/bpf/cases.ts';
import { containIn } from '../../../test/helpers/contain.ts';

export type Peer = {
  readonly pid: number;
  readonly command: string;
  /** The container's id. */
  readonly container: string;
  /** Resolves when all bytes of it have been moved. */
  readonly play: (each: Case) => Promise<void>;
  readonly end: () => void;
};

/** Starts it; one connection is made at once, so that there is one from before the probe. */
export async function startPeer(root: string, port: number, socket: string): Promise<Peer> {
  const child = spawn('python3', [join(root, 'peer.py'), String(port), socket], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const pid = Number((await said.next()).value);
  if (pid !== child.pid) throw new Error(`the peer should say ${child.pid}, and said ${pid}`);
  return {
    pid,
    command: readFileSync(`/proc/${pid}/comm`, 'utf8').trim(),
    container: containIn([pid]).id,
    play: async ({ name, transport, steps }) => {
      child.stdin.write(`${JSON.stringify({ name, transport, steps })}\n`);
      const { value } = await said.next();
      if (value !== name) throw new Error(`the peer should have played \`${name}\`, and said ${value}`);
    },
    end: () => child.kill(),
  };
}
