/** How the profiler ends when it cannot go on: in sentences, with an exit code, and in profiler.json. */
import { dirname } from 'node:path';
import { canCallBpf } from './allowed.ts';
import { BpfError, isOfSystem } from './errors.ts';
import { hasBtf, kernelRelease } from './machine.ts';
import { explainRefusal, readIsRemapped, readLabel, readRights } from './refusal.ts';
import { SettingsError } from './settings.ts';
import { openStatus } from './status.ts';

/** The one table of exit codes, which docs/profiler.md explains; 0 is an end that a signal asked for. */
export const exitCodes = { cannotGoOn: 1, settings: 2, bug: 70 } as const;

export type Failure = {
  readonly code: number;
  readonly sentences: readonly string[];
  /** Where in the code; of bugs only. */
  readonly stack?: string;
};

/** What was thrown, in words: what whoever runs the profiler can mend, and else a bug. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof SettingsError) return { code: exitCodes.settings, sentences: error.problems };
  if (error instanceof BpfError) return { code: exitCodes.cannotGoOn, sentences: [explainBpf(error)] };
  if (isOfSystem(error)) return { code: exitCodes.cannotGoOn, sentences: [explainSystem(error)] };
  const message = error instanceof Error ? error.message : String(error);
  const sentences = [`this is a bug in the profiler: ${message}`];
  const stack = error instanceof Error ? error.stack : undefined;
  return { code: exitCodes.bug, sentences, ...(stack === undefined ? {} : { stack }) };
}

/** Leaves the failure at `path`, in the place of what was said before; not where that is what failed. */
export function tellFailure({ sentences }: Failure, path: string): void {
  const why = sentences.join('; ');
  try {
    openStatus(path)({ state: 'failed', tier: null, hooks: [], kernel: kernelRelease(), why, counters: {} });
  } catch (error) {
    if (!isOfSystem(error)) throw error;
  }
}

/** Node says `CODE: words, call 'path'`. */
function explainSystem({ message, code, syscall, path }: NodeJS.ErrnoException): string {
  const words = /^\w+: (.*?), /.exec(message)?.[1] ?? message;
  const what = path === undefined ? syscall : `${syscall} \`${path}\``;
  const remedy = path === undefined ? undefined : remedies[code ?? '']?.(path);
  return `the system refused to ${what}: ${words} (${code})${remedy === undefined ? '' : `; ${remedy}`}`;
}

/** By error code: what lets a file be written. */
const remedies: Readonly<Record<string, (path: string) => string>> = {
  EACCES: () => {
    const user = process.getuid?.();
    return `user ${user}, as whom the profiler runs, has no right to override permissions, so give it the file, or the folder in which that is to be made (\`chown ${user}\` on the host)`;
  },
  EROFS: (path) => `mount a folder that can be written at ${dirname(path)}`,
};

function explainBpf(error: BpfError): string {
  const [rights, release] = [readRights(), kernelRelease()];
  const kernel = { release, hasBtf: hasBtf(), canCallBpf: canCallBpf() };
  return explainRefusal(error, { rights, ...kernel, isRemapped: readIsRemapped(), label: readLabel() });
}
