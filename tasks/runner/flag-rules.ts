import { usageError } from './errors.ts';

/** What prints something and ends, without a run. */
const printing = ['list', 'graph', 'init', 'import', 'completion'];
const ofRuns = [
  ...['watch', 'only', 'force', 'explain', 'fix', 'yes', 'host', 'keep-going', 'fail-fast'],
  ...['jobs', 'engine', 'profile', 'dry-run'],
];

/** Refuses flags that do not go together. */
export function refuseContradictions(given: ReadonlySet<string>): void {
  if (given.has('keep-going') && given.has('fail-fast'))
    throw usageError('`--keep-going` and `--fail-fast` cannot be used together');
  const other = ['dry-run', ...printing, 'profile'].find((name) => given.has(name));
  if (given.has('watch') && other !== undefined)
    throw usageError(`\`--watch\` and \`--${other}\` cannot be used together`);
}

/** Refuses what speaks of a run where no task is named: a script that lost the name would seem to have succeeded. */
export function refuseAimless(given: ReadonlySet<string>): void {
  if (['help', 'version', ...printing].some((name) => given.has(name))) return;
  const aimless = ofRuns.find((name) => given.has(name));
  if (aimless !== undefined)
    throw usageError(`\`--${aimless}\` needs a task, and none is named`, '`npx tasks --list` shows all tasks');
}
