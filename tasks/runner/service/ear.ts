import type { Recorder } from '../execute/recorder.ts';
import { withoutEscapes } from '../text/safe-text.ts';

/** A recorder that also remembers which of the patterns a line has matched, in whatever colours. */
export type Ear = { readonly recorder: Recorder; readonly hasSaid: (pattern: string) => boolean };

/** Makes the ear of one service. */
export function makeEar(recorder: Recorder, patterns: readonly string[]): Ear {
  const awaited = new Map(patterns.map((pattern) => [pattern, new RegExp(pattern)]));
  return {
    recorder: {
      ...recorder,
      onLine: (stream, line, goesOn) => {
        for (const [pattern, regex] of awaited)
          if (regex.test(line) || regex.test(withoutEscapes(line))) awaited.delete(pattern);
        recorder.onLine(stream, line, goesOn);
      },
    },
    hasSaid: (pattern) => !awaited.has(pattern),
  };
}
