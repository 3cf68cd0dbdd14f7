/** What io_uring moves, where the probe finds it. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Case } from '../../../test/bpf/cases.ts';
import { byThreads, makeRing, uringCases } from '../../../test/bpf/uring-cases.ts';
import type { Peer } from '../../../test/helpers/peer.ts';
import type { Finding } from './compare.ts';
import type { Header, Profiler } from './profiler.ts';

const UNSEEN = 'traffic over io_uring';
const WITHOUT_THREADS = 'what io_uring leaves to threads of the kernel';
const POLL_MS = 50;

/** Returns the cases that it has played: those that have to be told. */
export async function playUring(peer: Peer, profiler: Profiler): Promise<readonly Case[]> {
  const { tier, unseen } = await headerOf(profiler);
  if (isUnseen(unseen, UNSEEN)) return [];
  const follows = tier === 'C' ? undefined : profiler.says('what io_uring moves is followed');
  await peer.play(makeRing);
  await follows;
  const mine = uringCases.filter((each) => !byThreads.includes(each) || !isUnseen(unseen, WITHOUT_THREADS));
  for (const each of mine) await peer.play(each);
  return mine;
}

/** Only tier A does without it; that it is told elsewhere the cases show. */
export function compareUring({ tier, unseen }: Header): Finding {
  const name = 'io_uring is told, or it is said that it is not';
  const isRight = isUnseen(unseen, UNSEEN) === (tier === 'A');
  return isRight ? { name } : { name, problem: `with tier ${tier}, not seen: ${unseen.join('; ')}` };
}

function isUnseen(unseen: readonly string[], what: string): boolean {
  return unseen.some((each) => each.startsWith(what));
}

async function headerOf(profiler: Profiler): Promise<Header> {
  for (;;) {
    const header = profiler.header();
    if (header !== undefined) return header;
    await wait(POLL_MS);
  }
}
