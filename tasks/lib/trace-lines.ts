/** Reading http-trace.txt: `TIME METHOD TARGET STATUS|- DURATIONms|- CONTAINER|- ROLE LOCAL<->REMOTE`, `#` lines aside. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { aside } from '../../container/profiler/src/file-names.ts';
import { tracePath } from './stack.ts';

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

/** The exchanges whose target holds the marker, oldest first, from what was set aside and the current file. */
export async function readMarked(root: string, marker: string): Promise<readonly TraceLine[]> {
  const found: TraceLine[] = [];
  for (const path of [aside(tracePath), tracePath]) {
    for await (const line of linesOf(join(root, path))) {
      const parsed = line.includes(marker) ? parseTraceLine(line) : undefined;
      if (parsed?.target.includes(marker)) found.push(parsed);
    }
  }
  return found;
}

/** The `# loss` lines of the current file: what the profiler says it could not see. */
export async function readLosses(root: string): Promise<readonly string[]> {
  const losses: string[] = [];
  for await (const line of linesOf(join(root, tracePath))) if (/^# loss\b/.test(line)) losses.push(line.slice(2));
  return losses;
}

/** None where there is no such file. */
async function* linesOf(path: string): AsyncGenerator<string> {
  if (!existsSync(path)) return;
  yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}
