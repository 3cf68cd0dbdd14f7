import type * as v from 'valibot';
import type { Path } from '../finding.ts';

/** How a message calls the map at a path: ``task `build` ``, `the config`. */
export function titleOf(path: Path): string {
  const [section, key, inner] = path;
  const [owner, last] = path.length > 3 ? path.slice(-2) : [];
  if (section === undefined) return 'the config';
  if (typeof section === 'number') return `message ${section + 1}`;
  if (key === undefined) return `\`${section}\``;
  if (typeof key === 'number') return `${section} rule ${key + 1}`;
  const title = `${section.replace(/s$/, '')} \`${key}\``;
  if (inner === undefined) return title;
  return last === undefined ? `\`${inner}\` of ${title}` : `\`${last}\` in \`${owner}\` of ${title}`;
}

/** How a message calls a single value: ``item 2 of `run` of task `build` ``. */
export function subjectOf(path: Path): string {
  const [section, key] = path;
  const last = path.at(-1);
  const isItem = typeof last === 'number' && path.length > 1 && !(section === 'policy' && path.length === 2);
  if (isItem) return `item ${last + 1} of ${subjectOf(path.slice(0, -1))}`;
  const isKeyOfRow = typeof last === 'string' && (typeof section === 'number' || typeof key === 'number');
  return isKeyOfRow ? `\`${last}\` of ${titleOf(path.slice(0, -1))}` : titleOf(path);
}

/** What is wrong with a value: ``must be a string, not 5``. */
export function reasonOf(issue: v.BaseIssue<unknown>): string {
  const isOwnRule = issue.kind === 'validation';
  if (isOwnRule) return `is ${inWords(issue.received)}: ${issue.message}`;
  if (issue.received === `"${issue.expected}"`) return `must be ${issue.expected}, without quotes`;
  return `must be ${inWords(issue.expected ?? 'something else')}, not ${inWords(issue.received)}`;
}

function inWords(type: string): string {
  const words: Record<string, string> = {
    Object: 'a map',
    Array: 'a list',
    string: 'a string',
    number: 'a number',
    boolean: 'true or false',
    null: 'empty',
    '(string | Object)': 'a string or a map',
    '(string | Array)': 'a string or a list of strings',
    '(string | number)': 'a string or a number',
    '(string | number | boolean)': 'a string, a number, true or false',
  };
  return (
    words[type] ??
    type
      .replaceAll('"', '`')
      .replaceAll(' | ', ' or ')
      .replace(/^\((.*)\)$/, '$1')
  );
}
