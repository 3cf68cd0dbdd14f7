/** What the settings are called. `npx tasks up` asks here too, so that a misspelled one is refused before anything starts. */

type Env = Readonly<Record<string, string | undefined>>;

/** What may follow `PROFILER_`. */
export const SETTING_NAMES = [
  'SCOPE',
  'PORTS',
  'ROLE',
  'OUT',
  'MAX_BYTES',
  'CGROUPS',
  'SAMPLE',
  'REDACT',
  'TIER',
  'OBJECT',
] as const;

/** Paths within the container: the image and what is mounted decide them, so that no compose file hands them on. */
export const OF_THE_CONTAINER: readonly string[] = ['OUT', 'OBJECT'];

const PREFIX = 'PROFILER_';

/** A sentence for each variable that begins with `PROFILER_` and is no setting, with the one that was probably meant. */
export function unknownSettings(env: Env): readonly string[] {
  const known = SETTING_NAMES.map((name) => PREFIX + name);
  return Object.keys(env)
    .filter((name) => name.toUpperCase().startsWith(PREFIX) && !known.includes(name))
    .map(
      (name) =>
        `${name}: there is no such setting, did you mean ${nearest(name, known)}? docs/profiler.md lists them all`,
    );
}

function nearest(name: string, known: readonly string[]): string {
  const distances = known.map((each) => ({ each, distance: editDistance(name.toUpperCase(), each) }));
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).each;
}

/** Characters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current[column] = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
    }
    last = current;
  }
  return last[b.length] ?? 0;
}
