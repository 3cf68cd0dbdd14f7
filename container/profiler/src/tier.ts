/** The ways of looking that the probe has, cheapest first, and what each does not show. */
import * as layout from './layout.ts';
import type { Family } from './libc.ts';

export type TierName = 'A' | 'B' | 'C';

export type Tier = {
  readonly tier: TierName;
  readonly about: string;
  /** The programs of the object that make it up. */
  readonly programs: readonly string[];
  /** Places in `hp_hits`: all must have fired before the tier is believed. */
  readonly hits: readonly number[];
  /** The same where each family of sockets has hooks of its own. */
  readonly hitsByFamily?: Readonly<Record<Family, readonly number[]>>;
  /** Kernels before 5.13 attach such a program only once (f3a95075549e lifted that), and a pause attaches it again. */
  readonly usesTrampolines?: true;
  readonly unseen: readonly string[];
};

/** What is told of the tier that was chosen. */
export type Chosen = {
  readonly tier: string;
  readonly why: string;
  readonly hooks: readonly string[];
  readonly unseen: readonly string[];
};

const SOCKET_HITS = [layout.hook.hookReceive, layout.hook.hookSend];
const ALWAYS_UNSEEN = [
  'chunks that begin or end in the middle of more than 256 KiB that one call moves',
  'HTTP/2, HTTP/3, encrypted traffic and Multipath TCP',
];
const UNSEEN = ['traffic over io_uring', 'system calls of 32-bit processes', ...ALWAYS_UNSEEN];
/** Of a Unix socket nothing tells how much was read. */
const SPLICED_UNSEEN = [
  'requests that are received by splice, and the end of such a body',
  'what follows such a body over a Unix socket',
];
/** Both watch the ends of connections, because one does not run where an interrupt comes while it does. */
export const STATE_PROGRAMS: readonly string[] = ['hp_state', 'hp_state_too'];

/** In the order in which they are tried. */
export const TIERS: readonly Tier[] = [
  {
    tier: 'B',
    about: 'the socket layer says what moved, and other system calls pay nothing',
    programs: [...STATE_PROGRAMS, 'hp_recv', 'hp_send'],
    hits: SOCKET_HITS,
    unseen: [...SPLICED_UNSEEN, ...UNSEEN],
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
    hits: SOCKET_HITS,
    hitsByFamily: {
      ipv4: [layout.hook.hookReceive4, layout.hook.hookSend4],
      ipv6: [layout.hook.hookReceive6, layout.hook.hookSend6],
      unix: [layout.hook.hookReceiveUnix, layout.hook.hookSendUnix],
    },
    usesTrampolines: true,
    unseen: [...SPLICED_UNSEEN, ...UNSEEN],
  },
  {
    tier: 'A',
    about: 'one BTF tracepoint sees the end of every system call',
    programs: [...STATE_PROGRAMS, 'hp_sys_exit'],
    hits: [layout.hook.hookCall],
    unseen: ['requests that are received by splice', ...UNSEEN],
  },
];

/** Whether every hook has fired that must have, once a byte was moved over a socket of each of these families. */
export function hasFired(tier: Tier, moved: readonly Family[], isHit: (place: number) => boolean): boolean {
  const ofFamilies = moved.flatMap((family) => tier.hitsByFamily?.[family] ?? []);
  return [...tier.hits, ...ofFamilies].every(isHit);
}

/** A tier that this kernel refused, or whose hooks never fired. */
export type Refused = { readonly tier: Tier; readonly reason: string };

/** In words: which tier, and why not the cheaper ones. */
export function explainTier(tier: Tier, hooks: readonly string[], refused: readonly Refused[]): Chosen {
  const others = refused.map(({ tier: other, reason }) => `not ${other.tier}: ${reason}`);
  return { tier: tier.tier, why: [tier.about, ...others].join('; '), hooks, unseen: tier.unseen };
}
