/** A command that goes on until the test is done with it: what it says is awaited, and it is ended with its whole group. */
import { type ChildProcess, spawn } from 'node:child_process';
import { root } from './checkout.ts';

export type Followed = {
  readonly child: ChildProcess;
  /** Resolves when the text has been said; rejects when the command ends without. */
  readonly says: (text: string) => Promise<void>;
  readonly type: (keys: string) => void;
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
};

export function follow(command: readonly string[]): Followed & AsyncDisposable {
  const [program = '', ...words] = command;
  const child = spawn(program, words, { cwd: root, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((settle, fail) => {
    child.on('error', fail);
    child.on('close', settle);
  });
  const says = (text: string): Promise<void> =>
    new Promise((settle, fail) => {
      const listener = (): void => {
        if (output.includes(text)) settle();
      };
      listeners.add(listener);
      ended.then(() => fail(new Error(`it ended without saying \`${text}\`, but said:\n${output}`)), fail);
      listener();
    });
  return {
    child,
    says,
    type: (keys) => child.stdin.write(keys),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
        process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
