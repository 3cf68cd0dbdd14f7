import { setImmediate as nextTurn } from 'node:timers/promises';
import { makeErrorPrints } from '../foreign-code/error-prints.ts';
import type { Session } from '../session.ts';
import { type Stream, splitterOf } from '../shell.ts';
import type { Recorder } from './recorder.ts';

/** What a script prints by `console`. */
export type Prints = {
  /** Gives a promise where no more should be printed until it settles. */
  readonly onPrint: (stream: Stream, chunk: string | Uint8Array) => Promise<void> | undefined;
  /** Gives the last lines that lack their newline: nobody goes on with them. What comes later is given at the end of its turn. */
  readonly end: () => void;
};

const pauseMs = 20;
/** So much may be printed before the rest of the program has its turn, which shows it. */
const turnBytes = 64 << 10;

/**
 * It is output of its task, in lines: masked, kept and shown as its commands' is. What a script that has ended prints when the run
 * has, too, goes to stderr, since the output is complete.
 */
export function makePrints(recorder: Recorder, { host, events }: Session): Prints {
  const { isBehind, end: endLines } = recorder;
  const splitters = { stdout: splitterOf('stdout', recorder), stderr: splitterOf('stderr', recorder) };
  const late = makeErrorPrints(host);
  let isOver = false;
  let pause: Promise<void> | undefined;
  let printedBytes = 0;
  const wait = async (): Promise<void> => {
    await nextTurn();
    while (isBehind()) await host.sleep(pauseMs);
    pause = undefined;
    printedBytes = 0;
  };
  const end = (): void => {
    isOver = true;
    for (const splitter of Object.values(splitters)) splitter.end();
    endLines();
  };
  return {
    onPrint: (stream, chunk) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk);
      if (events.isClosed()) return void late.onPrint(stream, text);
      splitters[stream].push(text);
      if (isOver) setImmediate(end);
      printedBytes += text.length;
      if (printedBytes > turnBytes || isBehind()) pause ??= wait();
      return pause;
    },
    end,
  };
}
