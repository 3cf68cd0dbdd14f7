/** A trace as a file sink writes it, in a folder of the test's. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openFileSink } from '../../container/profiler/src/sinks/file.ts';
import type { Sink } from '../../container/profiler/src/sinks/sink.ts';
import { textFormat } from '../../container/profiler/src/sinks/text.ts';
import { tell } from './told.ts';

/** Gives each test of a file a folder of its own; what is returned says which. */
export function folderForEach(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sink-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Makes the empty files `trace` and `trace.1`, and opens them. */
export function openTrace(folder: string, maxBytes = 1 << 20): Sink {
  for (const name of ['trace', 'trace.1']) writeFileSync(join(folder, name), '');
  return openFileSink(join(folder, 'trace'), textFormat, maxBytes);
}

export function linesIn(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

/** Writes one exchange; returns how many could not be written. */
export function write(sink: Sink, target: string): number {
  sink.exchange(tell({ target }));
  return sink.flush();
}
