/** The ways of looking that the probe has, cheapest first, and what each does not show. */
import * as layout from './layout.ts';
import type { Family } from './libc.ts';

export const TIER_NAMES = ['A', 'B', 'C', 'D'] as const;
export type TierName = (typeof TIER_NAMES)[number];

/** Whether another thread may run in the middle of a program at such hooks: what it moves meanwhile is lost, and counted. */
export type Interrupts = { readonly tracepoints: boolean; readonly trampolines: boolean };

export type Tier = {
  readonly tier: TierName;
  readonly about: string;
  /** The programs of the object that make it up. */
  readonly programs: readonly string[];
  /** What its programs are attached to; no thread runs in the middle of a kprobe's. */
  readonly kind: keyof Interrupts | 'kprobes';
  /** Places in `hp_hits`: all must have fired before the tier is believed. */
  readonly hits: readonly number[];
  /** The same where each family of sockets has hooks of its own. */
  readonly hitsByFamily?: Readonly<Record<Family, readonly number[]>>;
  readonly unseen: readonly string[];
  /** Whether its programs find what io_uring moves: by themselves, by trampolines beside them, or not at all. */
  readonly uring: 'alone' | 'beside' | 'never';
};

/** What is told of the tier that was chosen. */
export type Chosen = {
  readonly tier: string;
  readonly why: string;
  readonly hooks: readonly string[];
  readonly unseen: readonly string[];
};

const SOCKET_HITS = [layout.hook.hookReceive, layout.hook.hookSend];
/** The trampolines, which have hooks of their own for each family of sockets. */
const HITS_BY_FAMILY: Readonly<Record<Family, readonly number[]>> = {
  ipv4: [layout.hook.hookReceive4, layout.hook.hookSend4],
  ipv6: [layout.hook.hookReceive6, layout.hook.hookSend6],
  unix: [layout.hook.hookReceiveUnix, layout.hook.hookSendUnix],
};
const UNSEEN = [
  'chunks that begin or end in the middle of more than 256 KiB that one call moves',
  'HTTP/2, HTTP/3, encrypted traffic and Multipath TCP',
];
/** Of a Unix socket nothing tells how much was read. */
const SPLICED_UNSEEN = [
  'requests that are received by splice, and the end of such a body',
  'what follows such a body over a Unix socket',
];
/** Both watch the ends of connections, because one does not run where an interrupt comes while it does. */
const STATE_PROGRAMS: readonly string[] = ['hp_state', 'hp_state_too'];

/** Without them the kernel does not get to the kprobes; they tell what those have missed. */
const BEHIND_KPROBES = ['hp_kp_recv_on', 'hp_kp_send_on'];
/** They tell only what others have missed. */
const SECOND: readonly string[] = ['hp_state_too', ...BEHIND_KPROBES];
/** Under what the second ones count what these have missed. */
const CAUGHT: Readonly<Record<string, keyof typeof layout.loss>> = {
  hp_state: 'caughtState',
  hp_kp_recv: 'caught',
  hp_kp_send: 'caught',
};
const INTERRUPTED = 'what one thread moves while another of its processor is in the middle of the probe (counted)';
/** Cheapest first. */
export const TIERS: readonly Tier[] = [
  {
    tier: 'B',
    about: 'the socket layer says what moved, and other system calls pay nothing',
    programs: [...STATE_PROGRAMS, 'hp_recv', 'hp_send'],
    kind: 'tracepoints',
    hits: SOCKET_HITS,
    unseen: [...SPLICED_UNSEEN, ...UNSEEN],
    uring: 'beside',
  },
  {
    tier: 'D',
    about: 'kprobes where the socket layer says what moved, and other system calls pay nothing',
    programs: [...STATE_PROGRAMS, 'hp_kp_recv', 'hp_kp_send', ...BEHIND_KPROBES],
    kind: 'kprobes',
    hits: [layout.hook.hookKprobeReceive, layout.hook.hookKprobeSend],
    unseen: [...SPLICED_UNSEEN, ...UNSEEN],
    uring: 'beside',
  },
  {
    tier: 'C',
    about: 'trampolines on the socket functions, and other system calls pay nothing',
    programs: [
      ...STATE_PROGRAMS,
      'hp_fx_recv4',
      'hp_fx_recv6',
      'hp_fx_recv_ux',
      'hp_fx_send4',
      'hp_fx_send6',
      'hp_fx_send_ux',
      'hp_fx_page',
      'hp_fx_page_ux',
    ],
    kind: 'trampolines',
    hits: SOCKET_HITS,
    hitsByFamily: HITS_BY_FAMILY,
    unseen: [...SPLICED_UNSEEN, ...UNSEEN],
    uring: 'alone',
  },
  {
    tier: 'A',
    about: 'one BTF tracepoint sees the end of every system call',
    programs: [...STATE_PROGRAMS, 'hp_sys_exit'],
    kind: 'tracepoints',
    hits: [layout.hook.hookCall],
    unseen: ['requests that are received by splice', ...UNSEEN],
    uring: 'never',
  },
];

/** The order in which they are tried: the cheapest in whose middle no other thread runs, and those in whose middle one may last. */
export function tiersToTry(interrupts: Interrupts): readonly Tier[] {
  // Where tracepoints are not interrupted, the cheaper tier of the same places is as good.
  const useful = TIERS.filter(({ kind }) => kind !== 'kprobes' || interrupts.tracepoints);
  const rank = (tier: Tier): number => (isInterrupted(tier, interrupts) ? 1 : 0);
  return useful.toSorted((one, other) => rank(one) - rank(other));
}

function isInterrupted({ kind }: Tier, interrupts: Interrupts): boolean {
  return kind !== 'kprobes' && interrupts[kind];
}

/**
 * The order in which programs are attached, and backwards in which they are detached: ends of connections first, so that none
 * that is seen can end unseen, and what is behind a kprobe last, so that it tells nothing that no kprobe could have seen.
 */
export function inOrder<Program extends { readonly name: string }>(programs: readonly Program[]): readonly Program[] {
  const rank = ({ name }: Program): number =>
    STATE_PROGRAMS.includes(name) ? 0 : BEHIND_KPROBES.includes(name) ? 2 : 1;
  return [...programs].sort((one, other) => rank(one) - rank(other));
}

export function isTrampoline({ section }: { readonly section: string }): boolean {
  return /^f(entry|exit)\//.test(section);
}

/** How many events no program has seen, by how many each of them has missed and what has been caught of that. */
export function countUnseen(
  missed: Readonly<Record<string, number>>,
  counted: Readonly<Record<string, number>>,
): number {
  const byKind = new Map<string, number>();
  for (const [program, count] of Object.entries(missed)) {
    const kind = CAUGHT[program] ?? '';
    if (!SECOND.includes(program)) byKind.set(kind, (byKind.get(kind) ?? 0) + count);
  }
  return [...byKind].reduce((sum, [kind, count]) => sum + Math.max(0, count - (counted[kind] ?? 0)), 0);
}

/** Whether every hook has fired that must have, once a byte was moved over a socket of each of these families. */
export function hasFired(tier: Tier, moved: readonly Family[], isHit: (place: number) => boolean): boolean {
  return tier.hits.every(isHit) && (tier.hitsByFamily === undefined || haveFired(moved, isHit));
}

/** The same of trampolines alone. */
export function haveFired(moved: readonly Family[], isHit: (place: number) => boolean): boolean {
  return moved.flatMap((family) => HITS_BY_FAMILY[family]).every(isHit);
}

/** A tier that this kernel refused, or whose hooks never fired. */
export type Refused = { readonly tier: Tier; readonly reason: string };

/** In words: which tier, and why not the cheaper ones. */
export function explainTier(tier: Tier, refused: readonly Refused[], interrupts: Interrupts): Omit<Chosen, 'hooks'> {
  const others = refused.map(({ tier: other, reason }) => `not ${other.tier}: ${reason}`);
  const unseen = isInterrupted(tier, interrupts) ? [INTERRUPTED, ...tier.unseen] : tier.unseen;
  return { tier: tier.tier, why: [tier.about, ...others].join('; '), unseen };
}
