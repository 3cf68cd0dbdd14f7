import type { KnownMessage } from '../config/types.ts';
import type { KnownFailure } from '../events.ts';
import { keepLast } from '../last-lines.ts';
import { makeMatcher, notItself } from '../messages.ts';
import type { Session } from '../session.ts';
import type { Stream } from '../shell.ts';

/** Passes a task's output on, and keeps what its failure will be explained with. */
export type Recorder = {
  readonly onLine: (stream: Stream, line: string) => void;
  readonly onCommand: (command: string) => void;
  /** Gives what was held back in case a secret went on in the next line: the output has ended. */
  readonly end: () => void;
  readonly lastLines: () => readonly string[];
  readonly known: () => readonly KnownFailure[];
};

/** Makes the recorder of one task. */
export function makeRecorder(
  session: Pick<Session, 'emit' | 'host'>,
  task: string,
  messages: readonly KnownMessage[],
): Recorder {
  const lines: string[] = [];
  const matcher = makeMatcher(messages.map((message) => notItself(message, task)));
  const { secrets } = session.host;
  const maskers = { stdout: secrets.makeLineMasker(), stderr: secrets.makeLineMasker() };
  const keep = (stream: Stream, line: string): void => {
    keepLast(lines, line);
    matcher.read(line);
    session.emit({ type: 'task-output', task, stream, line });
  };
  return {
    onLine: (stream, line) => {
      for (const masked of maskers[stream].push(line)) keep(stream, masked);
    },
    onCommand: (command) => session.emit({ type: 'command-started', task, command }),
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
  }
}
