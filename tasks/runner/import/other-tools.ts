import { basename } from 'node:path';
import { attempt } from '../attempt.ts';
import { usageError } from '../errors.ts';

/** Refuses what is of another tool: make's grammar has a meaning for nearly every text. */
export function refuseOtherTools(path: string, text: string): void {
  const kind = kindOf(basename(path), text);
  if (kind === undefined) return;
  throw usageError(
    `\`${path}\` is ${kind}, and only Makefiles can be imported`,
    'what to write instead of what Task and just have is in `docs/migration.md` of the package `zx-tasks`',
  );
}

function kindOf(name: string, text: string): string | undefined {
  if (/^taskfile.*\.ya?ml$/i.test(name)) return 'a Taskfile';
  if (/^\.?justfile$|\.just$/i.test(name)) return 'a justfile';
  if (/\.json$/i.test(name) || isJson(text)) return 'JSON';
  const hasTasks = /^version:[ \t]*['"]?\d/m.test(text) && /^tasks:[ \t]*(#.*)?$/m.test(text);
  return /\.ya?ml$/i.test(name) || hasTasks ? 'YAML' : undefined;
}

function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text) && attempt(() => JSON.parse(text) !== undefined, false);
}
