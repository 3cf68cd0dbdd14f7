import type { Path } from '../finding.ts';

type Wrong = {
  readonly path: Path;
  readonly value: unknown;
  /** The kind of value that belongs there, as the validator calls it. */
  readonly expected: string | null;
};

/** What to write instead of a value of another kind, where that is known. */
export function valueHint({ path, value, expected }: Wrong): string | undefined {
  const key = String(path.at(-1) ?? '');
  if (path[2] === 'matrix' && typeof value === 'object')
    return 'what belongs to a value is chosen in the command: `case ${…} in …`';
  if (expected === 'string' && typeof path.at(-1) === 'number') return hintForItem(path, value);
  if (path.length === 2 && path[0] === 'tasks' && typeof value === 'string')
    return `a command belongs in \`run\`: \`${key}: { run: … }\``;
  if (path.length === 2 && path[0] === 'vars' && hasOneKey(value) && 'sh' in value)
    return `write \`$(${String(value.sh)})\`, which each command that uses it runs anew`;
  if (typeof value === 'number' && ['timeout', 'within', 'backoff'].includes(key)) return durationHint(value);
  if (typeof value === 'number' && key === 'retry') return `write \`retry: { times: ${value} }\``;
  if (expected === 'Array' && typeof value === 'string') return `write \`${key}: [${asItem(value)}]\``;
  return undefined;
}

function durationHint(seconds: number): string {
  if (Number.isInteger(seconds) && seconds >= 0) return `write \`${seconds}s\``;
  const ms = seconds * 1_000;
  return Number.isInteger(ms) && ms > 0 ? `write \`${ms}ms\`` : 'a duration is written `500ms`, `30s`, `5m` or `1h`';
}

/** A map in a list of strings: another runner's step, or a string with a colon that lacks quotes. */
function hintForItem(path: Path, value: unknown): string | undefined {
  if (!hasOneKey(value)) return undefined;
  const [[key, inner] = []] = Object.entries(value);
  const isNeed = path.at(-2) === 'needs';
  switch (key) {
    case 'task':
      return isNeed ? `write \`${inner}\`` : `write \`tasks ${inner}\` as a step, or name it in \`needs\` to run first`;
    case 'defer':
      return 'what runs at the end belongs in `finally`';
    case 'cmd':
      return 'write the command alone';
    default:
      return 'put a string that contains a colon and a space in quotes';
  }
}

function hasOneKey(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1;
}

function asItem(text: string): string {
  return /^[\w./][\w./*-]*$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
