/** How the profiler's image starts it, so that what is measured is what runs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Node's own flags in the image's command, without the program and its file. */
export function nodeFlags(): readonly string[] {
  const file = join(import.meta.dirname, '../../../container/profiler/Containerfile');
  const [, command] = /^CMD (\["node", .*\])$/m.exec(readFileSync(file, 'utf8')) ?? [];
  if (command === undefined) throw new Error(`${file} does not say how Node is started`);
  return (JSON.parse(command) as readonly string[]).slice(1, -1);
}

/** Starts this program anew with the image's flags, unless it has them, and ends with its exit code. */
export function startAsImage(): void {
  const missing = nodeFlags().filter((flag) => !process.execArgv.includes(flag));
  if (missing.length === 0) return;
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...missing, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}
