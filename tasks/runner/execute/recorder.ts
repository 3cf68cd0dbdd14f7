import type { KnownMessage } from '../config/types.ts';
import type { KnownFailure } from '../events.ts';
import { keepLast } from '../last-lines.ts';
import { makeMatcher, notItself } from '../messages.ts';
import type { Session } from '../session.ts';
import type { Stream } from '../shell.ts';

/** Passes a task's output on, and keeps what its failure will be explained with. */
export type Recorder = {
  readonly onLine: (stream: Stream, line: string, goesOn?: boolean) => void;
  /** How much of a line can be passed on before the rest is known: no secret may be cut in two. */
  readonly cutOf: (text: string) => number;
  readonly onCommand: (command: string) => void;
  /** Whether what was passed on waits for its reader, so that no more is to be read. */
  readonly isBehind: () => boolean;
  /** Gives what was held back in case a secret went on in the next line: the output has ended. */
  readonly end: () => void;
  readonly lastLines: () => readonly string[];
  readonly known: () => readonly KnownFailure[];
};

/** Makes the recorder of one task. */
export function makeRecorder(
  session: Pick<Session, 'emit' | 'host' | 'cancel'>,
  task: string,
  messages: readonly KnownMessage[],
): Recorder {
  const lines: string[] = [];
  const matcher = makeMatcher(messages.map((message) => notItself(message, task)));
  const { secrets, outputIsBehind } = session.host;
  const { signal } = session.cancel;
  /** Of a run that is to end, nobody waits for the reader. */
  let leftOut = 0;
  const maskers = { stdout: secrets.makeLineMasker(), stderr: secrets.makeLineMasker() };
  /** Of the lines that a masker still has, the first first: whether it goes on. */
  const goOn: Record<Stream, boolean[]> = { stdout: [], stderr: [] };
  const keep = (stream: Stream, line: string): void => {
    keepLast(lines, line);
    matcher.read(line);
    const goesOn = goOn[stream].shift() === true;
    session.emit({ type: 'task-output', task, stream, line, ...(goesOn ? { goesOn } : {}) });
  };
  return {
    onLine: (stream, line, goesOn = false) => {
      if (signal.aborted && outputIsBehind()) {
        leftOut++;
        return;
      }
      goOn[stream].push(goesOn);
      for (const masked of maskers[stream].push(line)) keep(stream, masked);
    },
    cutOf: secrets.cutOf,
    onCommand: (command) => session.emit({ type: 'command-started', task, command }),
    isBehind: () => !signal.aborted && outputIsBehind(),
    end,
    lastLines: () => {
      end();
      return [...lines];
    },
    known: matcher.found,
  };

  function end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      for (const masked of maskers[stream].end()) keep(stream, masked);
    }
    if (leftOut > 0) keep('stdout', `(${leftOut} lines are left out: the run was to end, and nobody read them)`);
    leftOut = 0;
  }
}
