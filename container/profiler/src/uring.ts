/**
 * io_uring. Tracepoints and kprobes say that it has moved bytes and not where those are: trampolines at the beginning of the
 * socket's functions do. They are attached once a process has made a ring, so that on other hosts no socket pays for them.
 */
import { attachProgram, detachProgram } from './attach.ts';
import { mapMemory, openMap, shareMaps, update } from './bpf-maps.ts';
import { BpfError } from './errors.ts';
import { hasStructure } from './kernel-types.ts';
import * as layout from './layout.ts';
import { type BpfObject, type BpfProgram, closeObject, loadObject, type OnVerified, openObject } from './libbpf.ts';
import { moveBytes } from './libc.ts';
import { haveFired, type Tier } from './tier.ts';

export type Uring = {
  /** To what its programs are attached once there is a ring. */
  readonly hooks: readonly string[];
  /** Before what tells that bytes were moved, so that this finds a note of each message. */
  readonly attach: () => void;
  readonly detach: () => void;
  /** Attaches what follows rings if the first one was made. Gives what there is to say of it, once. Called every few milliseconds. */
  readonly follow: () => string | undefined;
};

const WATCH = 'hp_uring_made';
const TRAMPOLINES = ['hp_fe_recv4', 'hp_fe_recv6', 'hp_fe_recv_ux', 'hp_fe_send4', 'hp_fe_send6', 'hp_fe_send_ux'];

type Rings = { readonly uring?: Uring; readonly unseen: readonly string[] };

const ALL = 'traffic over io_uring';
const REGISTERED = 'what io_uring moves in registered buffers';
const STRANGERS = 'what io_uring leaves to threads of the kernel (IOSQE_ASYNC, SQPOLL)';

/** What finds the bytes of io_uring, where the tier of `object`, from the file at `path`, does not by itself; and what remains unseen. */
export function findUring(path: string, object: BpfObject, tier: Tier, onVerified?: OnVerified): Rings {
  if (tier.uring === 'alone') return { unseen: [REGISTERED, ...(hasStrangers() ? [STRANGERS] : [])] };
  if (tier.uring === 'never') return { unseen: [ALL] };
  try {
    return { uring: openUring(path, object, onVerified), unseen: [REGISTERED] };
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    return { unseen: [`${ALL} (${error.message})`] };
  }
}

/**
 * Whether threads of the kernel do what a ring is not to wait for, and not the process's own, as since 3bfe6106693b ("io-wq: fork
 * worker threads from original task"; 5.12, and later releases of 5.10).
 */
function hasStrangers(): boolean {
  return hasStructure('io_identity');
}

/** Loads it beside `other`, which shares its maps, and lets it fire once. Throws where this kernel refuses it; it is left detached. */
function openUring(path: string, other: BpfObject, onVerified?: OnVerified): Uring {
  const object = openObject(path, [WATCH, ...TRAMPOLINES]);
  try {
    shareMaps(object, other);
    loadObject(object, onVerified);
    const uring = makeUring(object, other);
    uring.prove();
    return uring;
  } catch (error) {
    closeObject(object);
    throw error;
  }
}

function makeUring(object: BpfObject, other: BpfObject): Uring & { readonly prove: () => void } {
  const links = new Map<BpfProgram, bigint>();
  const watch = object.programs.filter(({ name }) => name === WATCH);
  const trampolines = object.programs.filter(({ name }) => name !== WATCH);
  const hits = new Uint32Array(mapMemory(openMap(other, '.data.hp'), 0, 4 * layout.hook.hooks, false));
  const handed = openMap(other, '.data.handed');
  /** Since the first ring was made. */
  let isFollowing = false;
  /** What is still to be said of that. */
  let said: string | undefined;
  const attach = (programs: readonly BpfProgram[]): void => {
    for (const program of programs) links.set(program, attachProgram(program));
  };
  const detach = (programs = object.programs): void => {
    for (const program of programs) {
      const link = links.get(program);
      links.delete(program);
      if (link !== undefined) detachProgram(link);
    }
  };
  /** All of them or none: what is received without what is sent would be requests without answers. */
  const begin = (): void => {
    isFollowing = true;
    try {
      attach(trampolines);
      said = 'what io_uring moves is followed from now on';
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      detach(trampolines);
      said = `what io_uring moves is counted and not told: ${error.message}`;
    }
  };
  return {
    hooks: object.programs.map(({ section }) => section),
    attach: () => {
      // What a thread has handed over before is not what it hands over next.
      update(handed, Buffer.alloc(4), Buffer.alloc(handed.valueBytes));
      attach(watch);
      if (isFollowing) begin();
    },
    detach: () => detach(),
    follow: () => {
      const isPaused = links.size === 0;
      if (!isFollowing && !isPaused && hits[layout.hook.hookUring] !== 0) begin();
      const news = said;
      said = undefined;
      return news;
    },
    prove: () => {
      try {
        attach(object.programs);
        const moved = moveBytes();
        if (!haveFired(moved, (place) => hits[place] !== 0))
          throw new BpfError('its hooks attach and never fire', 0, '');
      } finally {
        detach();
      }
    },
  };
}
