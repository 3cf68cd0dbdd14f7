/** What the trace says against what was sent, as the conformance test compares it: every exchange whole, at both ends. */
import type { Case } from '../../../test/bpf/cases.ts';
import { describe, expectWhole, targetsOf } from '../../../test/bpf/whole.ts';
import type { Peer } from '../../../test/helpers/peer.ts';
import type { Told } from '../../../test/helpers/profiler.ts';
import { expectTalk32, isOfTalk32, toldOfTalk32 } from '../../../test/helpers/talk32.ts';
import { CROWDS, type Crowd, isOfCrowd } from './crowd.ts';
import { isOfGone } from './gone.ts';

export type Finding = { readonly name: string; readonly problem?: string };

/** Counters of profiler.json that count no loss. */
const HARMLESS = new Set(['exchanges', 'records', 'connections', 'caught']);

/** One finding for each case, and two for what is true of the whole trace. */
export function compare(
  cases: readonly Case[],
  lines: readonly Told[],
  status: Readonly<Record<string, unknown>>,
  peer: Peer,
): readonly Finding[] {
  const exchanges = lines.filter((line) => line.type === 'exchange');
  return [
    ...cases.map((played) => tell(played.name, problemOf(played, exchanges, peer))),
    tell('nothing was invented', strangers(cases, exchanges)),
    tell('nothing was lost', losses(lines, status)),
  ];
}

/** Every request of many at once is told once, with its answer, at both of its ends. */
export function compareCrowd(lines: readonly Told[], crowd: Crowd, answered: number): Finding {
  if (answered === 0) return tell(crowd.about, 'its servers answered nothing');
  const answers = lines.filter(({ target, status }) => isOfCrowd(target, crowd) && status === 200);
  const told = answers.map(({ role, target }) => `${role} ${target}`);
  const found = `${told.length} ends told, ${new Set(told).size} different ones`;
  const wanted = `${2 * answered} ends told, ${2 * answered} different ones`;
  return tell(crowd.about, found === wanted ? undefined : `expected ${wanted}; ${found}`);
}

/** Kprobes miss calls amid others to bpf(): those have to be told. */
export function compareCaught(tier: string | undefined, { counters }: Readonly<Record<string, unknown>>): Finding {
  const { caught = 0 } = counters as Readonly<Record<string, number>>;
  const isRight = tier === 'D' ? caught > 0 : caught === 0;
  return tell('what kprobes miss is told', isRight ? undefined : `with tier ${tier}, ${caught} calls were caught`);
}

/** Every exchange of a 32-bit process is told at both ends, whichever calls moved it. */
export function compareTalk32(lines: readonly Told[], said: readonly string[]): Finding {
  const name = 'a 32-bit process';
  if (!said.includes('shutdown')) return tell(name, `it got no further than [${said.join(', ')}]`);
  const [found, wanted] = [toldOfTalk32(lines).join(), expectTalk32(said).join()];
  return tell(name, found === wanted ? undefined : `expected [${wanted}]; traced [${found}]`);
}

/** The first thing that is wrong with what is told of a case. */
function problemOf(played: Case, exchanges: readonly Told[], peer: Peer): string | undefined {
  const targets = targetsOf(played);
  const mine = exchanges.filter(({ target }) => targets.has(target));
  for (const role of ['client', 'server'] as const) {
    const found = mine.filter((line) => line.role === role).map((line) => sorted(describe(line, peer)));
    const wanted = played.expected.map((line) => sorted(expectWhole(played, line, role)));
    if (found.join() !== wanted.join()) return `${role}: expected [${wanted.join(', ')}], traced [${found.join(', ')}]`;
  }
  const unlinked = [...targets].find(
    (wanted) => new Set(mine.filter(({ target }) => target === wanted).map(({ link }) => link)).size !== 1,
  );
  return unlinked === undefined ? undefined : `both ends of ${unlinked} should have one link`;
}

/** Its fields in one order, as text. */
function sorted(whole: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(whole).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function strangers(cases: readonly Case[], exchanges: readonly Told[]): string | undefined {
  const known = new Set(cases.flatMap((each) => [...targetsOf(each)]));
  const isKnown = (target: string): boolean =>
    known.has(target) || isOfTalk32(target) || isOfGone(target) || CROWDS.some((crowd) => isOfCrowd(target, crowd));
  const strange = exchanges.filter(({ target }) => !isKnown(target));
  return strange.length === 0 ? undefined : JSON.stringify(strange);
}

function losses(lines: readonly Told[], status: Readonly<Record<string, unknown>>): string | undefined {
  const counters = Object.entries(status.counters as Record<string, number>);
  const lost = counters.filter(([name, count]) => !HARMLESS.has(name) && count > 0);
  const told = lines.filter((line) => line.type === 'loss');
  return lost.length + told.length === 0 ? undefined : JSON.stringify([...told, ...lost]);
}

function tell(name: string, problem: string | undefined): Finding {
  return problem === undefined ? { name } : { name, problem };
}
