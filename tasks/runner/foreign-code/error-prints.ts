import type { Host } from '../host.ts';
import { makeLineSplitter } from '../process/output.ts';
import { maskLines } from '../secrets/lines.ts';
import type { Stream } from '../shell.ts';

/** What a project's own code prints that is no output of a task. It goes to stderr: what goes to stdout may be a document. */
export type ErrorPrints = {
  readonly onPrint: (stream: Stream, chunk: string | Uint8Array) => void;
  /** Gives what still lacks its newline. What comes later is given when its newline does, or the program ends. */
  readonly end: () => void;
};

/** Makes them for one owner. Whole lines are shown, since a secret may come in pieces. */
export function makeErrorPrints({
  writeError,
  secrets,
  foreignCode,
}: Pick<Host, 'writeError' | 'secrets' | 'foreignCode'>): ErrorPrints {
  const of = () => {
    const show = (line: string, goesOn: boolean): void => writeError(`${line}${goesOn ? '' : '\n'}`);
    const masked = maskLines(secrets.makeLineMasker(), show);
    const splitter = makeLineSplitter(masked.push, secrets.cutOf);
    const end = (): void => {
      splitter.end();
      masked.end();
    };
    return { push: splitter.push, end };
  };
  const streams: Partial<Record<Stream, ReturnType<typeof of>>> = {};
  const end = (): void => {
    foreignCode.held.delete(end);
    for (const stream of Object.values(streams)) stream.end();
  };
  return {
    onPrint: (stream, chunk) => {
      foreignCode.held.add(end);
      streams[stream] ??= of();
      streams[stream].push(typeof chunk === 'string' ? chunk : Buffer.from(chunk));
    },
    end,
  };
}
