/** The real podman with a machine that is no virtual one: a stage of its own, as on a Mac, for an ordinary user. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { root } from './checkout.ts';

export type Ended = { readonly code: number; readonly output: string };

export type Stage = AsyncDisposable & {
  /** Runs one line of shell as the user whose Mac this plays. */
  readonly run: (command: string) => Promise<Ended>;
  /** `npx tasks …` there. */
  readonly tasks: (words: string) => Promise<Ended>;
  /** Makes the machine refuse to start, or hold while it boots, until the returned function is called. */
  readonly make: (trouble: 'refuse' | 'hold') => Promise<() => Promise<void>>;
};

const script = resolve(import.meta.dirname, 'machine-stage/stage.sh');

/** Opens the stage, for this machine's podman or that of an unpacked system; everything on it ends when it is disposed of. */
export async function openStage(system: string | undefined): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'stage-'));
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const words = [...asRoot, 'unshare', '--mount', '--pid', '--net', '--fork', '--kill-child', 'bash', script];
  const [program = '', ...rest] = [...words, folder, root, ...(system === undefined ? [] : [system])];
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await nextEnd(child, lines);
  const run = (command: string) => {
    child.stdin.write(`${command.replaceAll('\n', '; ')}\n`);
    return nextEnd(child, lines);
  };
  return {
    run,
    tasks: (arguments_) => run(`node tasks/launch.cjs ${arguments_}`),
    make: async (trouble) => {
      await writeFile(join(folder, trouble), '');
      return () => rm(join(folder, trouble));
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The output up to the line that says how the command ended. */
function nextEnd(child: ChildProcess, lines: Interface): Promise<Ended> {
  return new Promise((settle, fail) => {
    const output: string[] = [];
    const onLine = (line: string): void => {
      const end = /^(.*?)exit (\d+)$/.exec(line);
      output.push(end?.[1] ?? line);
      if (end === null) return;
      lines.off('line', onLine);
      child.off('close', onClose);
      settle({ code: Number(end[2]), output: output.join('\n') });
    };
    const onClose = (): void => fail(new Error(`the stage ended, and said:\n${output.join('\n')}`));
    lines.on('line', onLine);
    child.once('close', onClose);
  });
}
