/** Programs in C that a test needs, where this machine compiles them and runs what is compiled. */
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';

/** What each of them ends with where no port is given. */
const USAGE = 64;

/** Returns the program's path, or undefined where there is no compiler or library, or the kernel does not run it. */
export function compileC(folder: string, source: string, options: readonly string[]): string | undefined {
  const binary = join(folder, basename(source, '.c'));
  try {
    execFileSync('gcc', ['-O1', '-o', binary, source, ...options], { stdio: 'pipe' });
    execFileSync(binary, [], { stdio: 'pipe' });
  } catch (error) {
    // Where it cannot even start, there is no exit code.
    const isRun = error instanceof Error && 'status' in error && error.status === USAGE;
    return isRun ? binary : undefined;
  }
  return undefined;
}
