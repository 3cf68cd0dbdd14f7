import type { Check } from 'zx-tasks';

/** The checks of a file, each with the section of the generated page that explains it. */
export function documented(checks: readonly Check[]): Check[] {
  return checks.map((check) => ({ ...check, docs: `docs/doctor.md#${check.id.toLowerCase()}` }));
}
