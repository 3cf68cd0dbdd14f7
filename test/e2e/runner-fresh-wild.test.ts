/** Whatever happens to the files between and during runs, the outputs are those of a clean build, and a run after that does nothing. */
import { cpSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';
import { apply, type Edit, edits } from '../helpers/wild-edits.ts';
import { buildClean, outputsIn, type Settings, wildProject } from '../helpers/wild-project.ts';

const runs = Number(process.env.TASKS_TEST_RUNS ?? 3);

/** What happens before outputs are compared. */
type Round = Settings & {
  readonly clone: 0 | 1;
  readonly edits: readonly Edit[];
  /** Takes over the sources of the other clone first, as a checkout would. */
  readonly pulls: boolean;
  readonly flags: string;
  /** A run before it, to which something happens after a while. */
  readonly before:
    | undefined
    | { readonly afterMs: number; readonly what: Edit | 'SIGKILL' | 'SIGTERM' | 'another run' };
};

/** Of a task in place nobody knows whether it or somebody else has written a file meanwhile. */
const isNotInPlace = ({ path, to = '' }: Edit) => !path.startsWith('fmt') && !to.startsWith('fmt');

const rounds: fc.Arbitrary<Round> = fc.record({
  clone: fc.constantFrom(0, 1),
  edits: fc.array(edits, { maxLength: 4 }),
  pulls: fc.boolean(),
  flavour: fc.constantFrom('plain', 'plain', 'sweet'),
  kind: fc.constantFrom('a', 'b'),
  flags: fc.constantFrom('', '', '', ' --jobs=1', ' --jobs=4', ' --force'),
  before: fc.option(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 500 }),
      what: fc.oneof(fc.constantFrom('SIGKILL', 'SIGTERM', 'another run'), edits.filter(isNotInPlace)),
    }),
    { nil: undefined, freq: 2 },
  ),
}) as fc.Arbitrary<Round>;

test('whatever happens, outputs are those of a clean build, and a second run does nothing', {
  timeout: 60_000 + runs * 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rounds, { minLength: 4, maxLength: 8 }), async (all) => {
      await using shared = await createProject({});
      await using one = await createProject(wildProject(shared.path('store')));
      await using two = await createProject(wildProject(shared.path('store')));
      const clones = [one, two];
      for (const [index, round] of all.entries()) {
        const here = clones[round.clone] ?? one;
        if (round.pulls) pull(clones[1 - round.clone] ?? two, here);
        for (const edit of round.edits) apply(here.folder, edit);
        if (round.before !== undefined) await disturb(here, round, round.before);
        await runAndCompare(here, shared.path('clean'), round, index);
      }
    }),
    {
      numRuns: runs,
      endOnFailure: true,
      ...(process.env.TASKS_TEST_SEED ? { seed: Number(process.env.TASKS_TEST_SEED) } : {}),
    },
  );
});

async function disturb(here: Project, round: Round, { afterMs, what }: NonNullable<Round['before']>): Promise<void> {
  const running = here.start(wordsOf(round), { env: { FLAVOUR: round.flavour } });
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  if (what === 'another run') await here.run(wordsOf(round), { env: { FLAVOUR: 'sweet' } });
  else if (typeof what === 'string') running.child.kill(what);
  else apply(here.folder, what);
  await running.result;
}

async function runAndCompare(here: Project, clean: string, round: Round, index: number): Promise<void> {
  const env = { FLAVOUR: round.flavour };
  const { exit, stdout, stderr } = await here.run(wordsOf(round), { env });
  const where = `round ${index}: ${stdout}${stderr}`;
  expect(exit, where).not.toBe(70);
  const succeeds = await buildClean(here.folder, clean, round);
  expect(exit === 0, where).toBe(succeeds);
  if (!succeeds) return;
  expect(outputsIn(here.folder, round), where).toEqual(outputsIn(clean, round));
  const again = await here.run(`${wordsOf({ ...round, flags: '' })} --explain`, { env });
  const ran = again.stdout
    .replaceAll(/^(– .* skipped: up to date|note: .* match no file)\n/gm, '')
    .replace('▸ cells\n✔ cells <time>\n', '');
  expect(ran, where).toBe('ok: 1 done, 8 skipped, <time>\n');
}

function wordsOf({ kind, flags }: Pick<Round, 'kind' | 'flags'>): string {
  return `all mode --kind=${kind}${flags}`;
}

function pull(from: Project, to: Project): void {
  for (const name of ['src', 'spec', 'fmt', 'rev', 'ext']) {
    rmSync(to.path(name), { recursive: true, force: true });
    try {
      cpSync(from.path(name), to.path(name), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    } catch {
      // It is not there either.
    }
  }
}
