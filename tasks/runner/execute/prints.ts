import { makeLineSplitter } from '../process/output.ts';
import type { Stream } from '../shell.ts';
import type { Recorder } from './recorder.ts';

/** What a script prints by `console` is output of its task, in lines: masked, kept and shown as its commands' is. */
export function makePrints({ onLine, cutOf }: Recorder) {
  const of = (stream: Stream) => makeLineSplitter((line, goesOn) => onLine(stream, line, goesOn), cutOf);
  const splitters: Record<Stream, ReturnType<typeof of>> = { stdout: of('stdout'), stderr: of('stderr') };
  return {
    onPrint: (stream: Stream, chunk: string | Uint8Array): void =>
      splitters[stream].push(typeof chunk === 'string' ? chunk : Buffer.from(chunk)),
    end: (): void => {
      for (const splitter of Object.values(splitters)) splitter.end();
    },
  };
}
