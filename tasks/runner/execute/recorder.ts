import type { KnownFailure } from '../events.ts';
import { makeMatcher, notItself } from '../messages.ts';
import { maskLines } from '../secrets/lines.ts';
import type { Session } from '../session.ts';
import type { Stream } from '../shell.ts';
import { keepLast } from '../text/last-lines.ts';

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
export function makeRecorder(session: Pick<Session, 'emit' | 'host' | 'cancel' | 'config'>, task: string): Recorder {
  const lines: string[] = [];
  const matcher = makeMatcher(session.config.messages.map((message) => notItself(message, task)));
  const { secrets, outputIsBehind } = session.host;
  const { signal } = session.cancel;
  /** Of a run that is to end, nobody waits for the reader. */
  let leftOut = 0;
  const keep = (stream: Stream, line: string, goesOn = false): void => {
    keepLast(lines, line);
    matcher.read(line);
    session.emit({ type: 'task-output', task, stream, line, ...(goesOn ? { goesOn } : {}) });
  };
  const masked = (stream: Stream) => maskLines(secrets.makeLineMasker(), (line, goesOn) => keep(stream, line, goesOn));
  const streams = { stdout: masked('stdout'), stderr: masked('stderr') };
  return {
    onLine: (stream, line, goesOn = false) => {
      if (signal.aborted && outputIsBehind()) leftOut++;
      else streams[stream].push(line, goesOn);
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
    for (const stream of Object.values(streams)) stream.end();
    if (leftOut > 0) keep('stdout', `(${leftOut} lines are left out, because the run was ending and nobody read them)`);
    leftOut = 0;
  }
}
