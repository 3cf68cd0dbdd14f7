/** Reading http-trace.txt: `TIME METHOD TARGET STATUS|- DURATIONms|- CONTAINER|- ROLE LOCAL<->REMOTE`, `#` lines aside. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tracesFolder } from './stack.ts';
import { traceFile } from './trace-files.ts';

export type TraceLine = {
  readonly time: string;
  readonly method: string;
  readonly target: string;
  /** Null when the exchange ended without a status. */
  readonly status: number | null;
  readonly durationMs: number | null;
  readonly container: string | null;
  readonly role: string;
};

const LINE = /^(\S+) (\S+) (\S+) (\d{3}|-) (?:(\d+\.\d{3})ms|-) (\S+) (server|client) (\S+)<->(\S+)$/;

/** One line, or undefined for a header, a loss, or what is not a whole line. */
export function parseTraceLine(line: string): TraceLine | undefined {
  const [, time, method, target, status, duration, container, role] = LINE.exec(line) ?? [];
  if (time === undefined || method === undefined || target === undefined || role === undefined) return undefined;
  return {
    time,
    method,
    target,
    status: status === '-' ? null : Number(status),
    durationMs: duration === undefined ? null : Number(duration),
    container: container === undefined || container === '-' ? null : container,
    role,
  };
}

/** The exchanges whose target holds the marker, oldest first, from the rotated file and the current one. */
export async function readMarked(root: string, marker: string): Promise<readonly TraceLine[]> {
  const found: TraceLine[] = [];
  for (const name of [`${traceFile}.1`, traceFile]) {
    const path = join(root, tracesFolder, name);
    if (!(await isFile(path))) continue;
    for await (const line of createInterface({
      input: createReadStream(path, 'utf8'),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (!line.includes(marker)) continue;
      const parsed = parseTraceLine(line);
      if (parsed?.target.includes(marker)) found.push(parsed);
    }
  }
  return found;
}

/** The `# loss` lines of the current file: what the profiler says it could not see. */
export async function readLosses(root: string): Promise<readonly string[]> {
  const path = join(root, tracesFolder, traceFile);
  const losses: string[] = [];
  if (!(await isFile(path))) return losses;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    if (/^# loss\b/.test(line)) losses.push(line.slice(2));
  }
  return losses;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
