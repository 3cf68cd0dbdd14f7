import type { Duplex } from 'node:stream';
import type { ProcessPromise, Shell as ZxShell } from 'zx/core';
import type { Shell } from '../shell-types.ts';

/** What zx calls `spawn` on: `stdin` goes on into the command's own where that is a pipe. */
export type ZxCommand = { readonly input?: unknown; readonly stdin: Duplex };

/** The stdins of one script's commands: what is given nothing reads nothing, so that nothing waits for what never comes. */
export type Stdins = {
  /** A `$` into whose commands may be piped until they are waited for. */
  readonly keepOpen: ($: ZxShell) => Shell;
  /** Whether the output of a command goes into another one. */
  readonly isPiped: (command: ZxCommand) => boolean;
  /** Told of each command that starts, and of one that reads the caller's stdin. One that no such `$` has made is given nothing at the end of this turn. */
  readonly onStart: (command: ZxCommand, readsCallers: boolean) => void;
  /** The script has ended: nobody is left to pipe into what it has not waited for. */
  readonly end: () => void;
};

/** With `startsLate`, a command starts when the script has said what it is piped into, and what into it. */
export function makeStdins(isCommand: (made: unknown) => made is ProcessPromise, startsLate: boolean): Stdins {
  const kept = new Set<Duplex>();
  const known = new WeakMap<Duplex, ProcessPromise>();
  const late = new Set<ProcessPromise>();
  const startAll = (): void => {
    for (const command of late) if (command.isHalted()) command.run();
    late.clear();
  };
  const know = (command: ProcessPromise): void => {
    known.set(Reflect.get(command, '_stdin'), command);
    before(command, ['then', Symbol.asyncIterator], startAll);
    const pipe = new Proxy<(...words: unknown[]) => unknown>(Reflect.get(command, 'pipe'), {
      apply: (target, self, words) => {
        const into: unknown = Reflect.apply(target, self, words);
        if (isCommand(into) && !known.has(Reflect.get(into, '_stdin'))) know(into);
        return into;
      },
    });
    Object.defineProperty(command, 'pipe', { value: pipe });
  };
  let isOver = false;
  const keep = (command: ProcessPromise): void => {
    const stdin: Duplex = Reflect.get(command, '_stdin');
    kept.add(stdin);
    stdin.once('finish', () => kept.delete(stdin));
    // Into a file or a stream it may be piped without being waited for itself; `pipe` calls `_pipe`.
    before(command, ['then', '_pipe', Symbol.asyncIterator], () => endSoon({ stdin }));
  };
  const keepOpen = ($: ZxShell, isHalted = !startsLate): Shell => {
    const shell = (...words: Parameters<ZxShell>): unknown => {
      const isOfText = Array.isArray(words[0]);
      const make = isOfText && !isHalted ? ($({ halt: true }) as ZxShell) : $;
      const made: unknown = make(...words);
      if (!isOfText) return keepOpen(made as ZxShell, isHalted || 'halt' in words[0] || 'sync' in words[0]);
      if (!isCommand(made)) return made;
      if (!isOver) keep(made);
      know(made);
      if (make === $) return made;
      late.add(made);
      queueMicrotask(startAll);
      return made;
    };
    return shell as Shell;
  };
  return {
    keepOpen,
    isPiped: ({ stdin }) => Reflect.get(known.get(stdin) ?? {}, '_piped') === true,
    onStart: (command, readsCallers) => {
      const { stdin } = command;
      stdin.on('pipe', () => {
        if (readsCallers) throw new Error(readsTheCallers);
      });
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

/** Has something done whenever one of these methods of a command is called. */
function before(
  command: ProcessPromise,
  names: readonly ('then' | '_pipe' | typeof Symbol.asyncIterator)[],
  act: () => void,
): void {
  for (const name of names) {
    const acting = new Proxy<() => unknown>(Reflect.get(command, name), {
      apply: (target, self, words) => {
        act();
        return Reflect.apply(target, self, words);
      },
    });
    Object.defineProperty(command, name, { value: acting, configurable: true });
  }
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

const readsTheCallers =
  'nothing can be piped into this command: it reads what its interactive task reads, since it was started before that. Name it where you pipe: `a.pipe($`b`)`';
const tooLate =
  'nothing can be piped into this command any more: what it reads has ended, since the command was waited for, or since that has ended which was piped into it before';
