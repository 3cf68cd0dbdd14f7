import type { Duplex } from 'node:stream';
import type { ProcessPromise, Shell as ZxShell } from 'zx/core';
import type { Shell } from '../shell-types.ts';

/** What zx calls `spawn` on: `stdin` goes on into the command's own where that is a pipe. */
export type ZxCommand = { readonly input?: unknown; readonly stdin: Duplex };

/** The stdins of one script's commands: what is given nothing reads nothing, so that nothing waits for what never comes. */
export type Stdins = {
  /** A `$` into whose commands may be piped until they are waited for. */
  readonly keepOpen: ($: ZxShell) => Shell;
  /** Told of each command that starts. One that no such `$` has made is given nothing at the end of this turn. */
  readonly onStart: (command: ZxCommand) => void;
  /** The script has ended: nobody is left to pipe into what it has not waited for. */
  readonly end: () => void;
};

export function makeStdins(isCommand: (made: unknown) => made is ProcessPromise): Stdins {
  const kept = new Set<Duplex>();
  let isOver = false;
  const keep = (command: ProcessPromise): void => {
    const stdin: Duplex = Reflect.get(command, '_stdin');
    kept.add(stdin);
    stdin.once('finish', () => kept.delete(stdin));
    // Into a file or a stream it may be piped without being waited for itself; `pipe` makes a new function at each look.
    for (const name of ['then', '_pipe', Symbol.asyncIterator]) {
      const waitFor = new Proxy<() => unknown>(Reflect.get(command, name), {
        apply: (target, self, words) => {
          endSoon({ stdin });
          return Reflect.apply(target, self, words);
        },
      });
      Object.defineProperty(command, name, { value: waitFor });
    }
  };
  const keepOpen = ($: ZxShell): Shell => {
    const shell = (...words: Parameters<ZxShell>): unknown => {
      const made: unknown = $(...words);
      if (typeof made === 'function') return keepOpen(made as ZxShell);
      if (isCommand(made) && !isOver) keep(made);
      return made;
    };
    return shell as Shell;
  };
  return {
    keepOpen,
    onStart: (command) => {
      const { stdin } = command;
      // Thrown where `pipe` was called: else what comes would be lost without a word.
      stdin.on('pipe', () => {
        if (stdin.writableEnded) throw new Error(tooLate);
      });
      setImmediate(() => {
        if (!kept.has(stdin)) endSoon(command);
      });
    },
    end: () => {
      isOver = true;
      for (const stdin of kept) endSoon({ stdin });
    },
  };
}

/** Whether something is piped into a command. */
export function isFed({ input, stdin }: ZxCommand): boolean {
  return Boolean(input) || stdin.listenerCount('unpipe') > 0;
}

/** Something may be piped into a command up to the end of this turn. */
function endSoon(command: ZxCommand): void {
  setImmediate(() => {
    if (!isFed(command)) command.stdin.end();
  });
}

const tooLate =
  'nothing more can be piped into this command: its input has ended, because the command was awaited, or because what was piped into it before has ended';
