/** The probe in the kernel: loading, attaching, and the maps through which it is told what to do. */

import { createIsOpen, IS_OPEN } from './asked.ts';
import { type BpfMap, initialValue, lookUp, mapMemory, openMap } from './bpf-maps.ts';
import type { KnownBodies } from './connection/known.ts';
import { BpfError } from './errors.ts';
import { hasStructure } from './kernel-types.ts';
import * as layout from './layout.ts';
import { leftOut } from './left-out.ts';
import { type BpfObject, closeObject, loadObject, type OnVerified, openObject } from './libbpf.ts';
import { moveBytes, pageBytes } from './libc.ts';
import { createConns, createGroups, createLosses } from './maps.ts';
import type { GroupId } from './records.ts';
import { openRing, type Ring } from './ring.ts';
import type { PortRange, Settings } from './settings.ts';
import { createSwitch, type Switch } from './switch.ts';
import {
  type Chosen,
  explainTier,
  hasFired,
  type Interrupts,
  type Refused,
  TIERS,
  type Tier,
  tiersToTry,
} from './tier.ts';
import { findUring, type Uring } from './uring.ts';

export type Decision = 'trace' | 'ignore' | 'unnamed';

export type Probe = {
  readonly data: Ring;
  readonly control: Ring;
  readonly ringBytes: number;
  /** The way of looking that this kernel has, and why. */
  readonly tier: Chosen;
  readonly attach: () => void;
  readonly detach: () => void;
  /** Follows io_uring from when it is used first. Gives what there is to say of it, once. Called every few milliseconds. */
  readonly follow: () => string | undefined;
  readonly decide: (group: GroupId, decision: Decision) => void;
  readonly forgetGroup: (group: GroupId) => void;
  /** Reports nothing more of a connection. */
  readonly ignore: (sock: bigint, conn: number, timeNs: number) => void;
  /** Lets the next request of a connection be its first again. */
  readonly forget: (sock: bigint, conn: number) => void;
  /** Copies no more of a connection than has to be read, where that was known at `timeNs`. */
  readonly passOver: (conn: number, requestDirection: number, known: KnownBodies, timeNs: number) => void;
  readonly forgetAll: () => void;
  readonly isOpen: (sock: bigint, conn: number) => boolean;
  /** Whether anybody still has a connection's socket open. */
  readonly isStillOpen: (sock: bigint, conn: number) => boolean;
  /** What the kernel could not report, by kind, since it was loaded. */
  readonly losses: () => Readonly<Record<string, number>>;
};

export type ProbeOptions = Pick<Settings, 'object' | 'ports' | 'cgroups' | 'role' | 'tier'> & {
  readonly hasLegacyCgroups: boolean;
  readonly interrupts: Interrupts;
  /** A trampoline that is detached cannot be attached again. */
  readonly attachesOnce: boolean;
  /** Called with the verifier's statistics of each program. */
  readonly onVerified?: OnVerified;
};

const ROLES = { server: 1 << layout.direction.received, client: 1 << layout.direction.sent, both: 3 };

/** Loads the first tier of the object that this kernel takes and that fires; it is left detached. */
export function loadProbe(options: ProbeOptions): Probe {
  const refused: Refused[] = [];
  const asked = TIERS.filter(({ tier }) => options.tier === tier);
  const tiers = options.tier === undefined ? tiersToTry(options.interrupts) : asked;
  for (const tier of tiers) {
    const isLast = tier === tiers.at(-1);
    try {
      return tryTier(options, tier, refused);
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      if (isLast) throw withOthers(error, refused);
      refused.push({ tier, reason: error.message });
    }
  }
  throw new Error('the probe has no tiers');
}

/** No tier is left: each of them says why, once where all say the same. */
function withOthers(error: BpfError, refused: readonly Refused[]): BpfError {
  const others = refused.filter(({ reason }) => reason !== error.message);
  const reasons = others.map(({ tier, reason }) => `; tier ${tier.tier}: ${reason}`).join('');
  return new BpfError(`${error.message}${reasons}`, error.errno, error.log);
}

function tryTier(options: ProbeOptions, tier: Tier, refused: readonly Refused[]): Probe {
  if (tier.kind === 'trampolines' && options.attachesOnce) requireLastingTrampolines();
  const object = openObject(options.object, tier.programs, [IS_OPEN]);
  try {
    configure(initialValue(object, '.rodata.hp'), options);
    loadObject(object, options.onVerified);
    const onOff = createSwitch(object, options.attachesOnce);
    prove(object, tier, onOff);
    const chosen = explainTier(tier, refused, options.interrupts);
    const { uring, unseen } = findUring(options.object, object, tier, options.onVerified);
    const hooks = [...new Set([...object.programs.map((program) => program.section), ...(uring?.hooks ?? [])])];
    const all = [...leftOut(options), ...unseen, ...chosen.unseen];
    return makeProbe(object, onOff, uring, { ...chosen, hooks, unseen: all });
  } catch (error) {
    closeObject(object);
    throw error;
  }
}

/** Those of kernels before e21aa341785c ("bpf: Fix fexit trampoline") are freed while threads wait in them, to which they then return. */
function requireLastingTrampolines(): void {
  if (hasStructure('bpf_tramp_image')) return;
  throw new BpfError('a thread that waits in a trampoline when it is detached would bring this kernel down', 0, '');
}

/** Attaching is not firing: moves bytes past the hooks and asks whether they saw them. */
function prove(object: BpfObject, tier: Tier, { attach, detach, release }: Switch): void {
  let isProven = false;
  try {
    attach();
    const moved = moveBytes();
    detach();
    const value = Buffer.alloc(4 * layout.hook.hooks);
    lookUp(openMap(object, '.data.hp'), Buffer.alloc(4), value);
    isProven = hasFired(tier, moved, (place) => value.readUInt32LE(4 * place) !== 0);
  } finally {
    if (!isProven) release();
  }
  if (!isProven) throw new BpfError('its hooks attach and never fire', 0, '');
}

function makeProbe(object: BpfObject, { attach, detach }: Switch, uring: Uring | undefined, tier: Chosen): Probe {
  const data = openMap(object, 'hp_data');
  const control = openMap(object, 'hp_control');
  return {
    data: openRing(ringMemory(data)),
    control: openRing(ringMemory(control)),
    ringBytes: data.maxEntries + control.maxEntries,
    tier,
    attach: () => {
      uring?.attach();
      attach();
    },
    detach: () => {
      detach();
      uring?.detach();
    },
    follow: () => uring?.follow(),
    ...createGroups(openMap(object, 'hp_groups'), openMap(object, 'hp_ignored')),
    ...createConns(openMap(object, 'hp_conns'), openMap(object, 'hp_words')),
    isStillOpen: createIsOpen(object),
    losses: createLosses(object),
  };
}

function configure(view: DataView, options: ProbeOptions): void {
  const { settings, portRange } = layout;
  const ranges: readonly PortRange[] = options.ports;
  view.setUint32(settings.roles, ROLES[options.role], true);
  view.setUint32(settings.legacyCgroups, options.hasLegacyCgroups ? 1 : 0, true);
  view.setUint32(settings.portRanges, ranges.length, true);
  ranges.forEach((range, index) => {
    const at = settings.ports.at + index * portRange.size;
    view.setUint16(at + portRange.first, range.first, true);
    view.setUint16(at + portRange.last, range.last, true);
  });
}

function ringMemory(map: BpfMap) {
  const page = pageBytes();
  const ringBytes = map.maxEntries;
  return {
    consumer: mapMemory(map, 0, page, true),
    producer: mapMemory(map, page, page + 2 * ringBytes, false),
    pageBytes: page,
    ringBytes,
  };
}
