import type { KnownMessage } from '../config/types.ts';
import type { KnownFailure } from '../events.ts';
import { makeMatcher } from '../messages.ts';
import type { Session } from '../session.ts';
import type { Stream } from '../shell.ts';

const kept = 20;

/** Passes a task's output on, and keeps what its failure will be explained with. */
export type Recorder = {
  readonly onLine: (stream: Stream, line: string) => void;
  readonly onCommand: (command: string) => void;
  readonly lastLines: () => readonly string[];
  readonly known: () => readonly KnownFailure[];
};

/** Makes the recorder of one task. */
export function makeRecorder(
  session: Pick<Session, 'emit'>,
  task: string,
  messages: readonly KnownMessage[],
): Recorder {
  const lines: string[] = [];
  const matcher = makeMatcher(messages);
  return {
    onLine: (stream, line) => {
      lines.push(line);
      if (lines.length > kept) lines.shift();
      matcher.read(line);
      session.emit({ type: 'task-output', task, stream, line });
    },
    onCommand: (command) => session.emit({ type: 'command-started', task, command }),
    lastLines: () => [...lines],
    known: matcher.found,
  };
}
