/** Builds the runner before the tests, where its bundle is missing or older than a source. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const runner = resolve(import.meta.dirname, '../../tasks/runner');
const docs = resolve(import.meta.dirname, '../../docs');

export function setup(): void {
  if (isFresh()) return;
  execFileSync('npm', ['run', 'prepare'], { cwd: runner, stdio: ['ignore', 'ignore', 'inherit'] });
}

function isFresh(): boolean {
  const outputs = ['cli.cjs', 'script.mjs', 'script.cjs', 'script.d.cts'].map((name) => join(runner, 'dist', name));
  if (!outputs.every((path) => existsSync(path))) return false;
  const oldestOutput = Math.min(...outputs.map((path) => statSync(path).mtimeMs));
  return sources().every((path) => statSync(path).mtimeMs <= oldestOutput);
}

function sources(): readonly string[] {
  const own = readdirSync(runner, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?!node_modules|dist).*\.(ts|mjs|json)$/.test(name))
    .map((name) => join(runner, name));
  return [...own, ...readdirSync(docs).flatMap((name) => (name.endsWith('.md') ? [join(docs, name)] : []))];
}
