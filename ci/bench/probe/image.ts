/** How the profiler's image starts it, so that what is measured is what runs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RECIPE = join(import.meta.dirname, '../../../container/profiler/Containerfile');

/** Node's own flags in the image's command, without the program and its file. */
export function nodeFlags(): readonly string[] {
  const [, command] = /^CMD (\["node", .*\])$/m.exec(recipe()) ?? [];
  if (command === undefined) throw new Error(`${RECIPE} does not say how Node is started`);
  return (JSON.parse(command) as readonly string[]).slice(1, -1);
}

/** The environment that the image gives it. */
export function nodeEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries([...recipe().matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]));
}

/** Starts this program anew as the image starts Node, unless that is how it was, and ends with its exit code. */
export function startAsImage(): void {
  const missing = nodeFlags().filter((flag) => !process.execArgv.includes(flag));
  const environment = nodeEnvironment();
  const isSame = Object.entries(environment).every(([name, value]) => process.env[name] === value);
  if (missing.length === 0 && isSame) return;
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...missing, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  process.exit(status ?? 1);
}

function recipe(): string {
  return readFileSync(RECIPE, 'utf8');
}
