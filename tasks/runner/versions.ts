import coerce from 'semver/functions/coerce.js';
import satisfiesRange from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import { versionIn } from './text/version-in.ts';

/** Whether the version in the text lies in the range; undefined when the text has none. */
export function satisfies(text: string, range: string): boolean | undefined {
  const version = coerce(versionIn(text));
  return version === null ? undefined : satisfiesRange(version, range);
}

/** Whether a range can be read. */
export function isRange(range: string): boolean {
  return validRange(range) !== null;
}
