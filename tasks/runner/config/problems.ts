import type { Problem } from '../errors.ts';
import { type Finding, leadsInto, type Path } from './finding.ts';

/** As a reader goes through the file, from top to bottom. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
}

/** What is said of a wrong part, or of a whole that has one, may only follow from what was said already. */
export function isNoConsequenceOf(wrong: readonly Path[]): (finding: Finding) => boolean {
  return ({ path }) => !wrong.some((part) => leadsInto(part, path) || leadsInto(path, part));
}
