/** The files that git tracks, and what they say: for tests of the repository itself. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Tracked and new files whose path matches, relative to the root. */
export function files(pattern: RegExp): readonly string[] {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((path) => path !== '' && pattern.test(path));
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The modules that a TypeScript file imports, as written. */
export function importsOf(path: string): readonly string[] {
  return [...read(path).matchAll(/(?:from|import\(|^import)\s*'([^']+)'/gm)].map((match) => match[1] ?? '');
}
