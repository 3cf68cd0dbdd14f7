/** The cgroups that have been announced, what was decided about them, and the names of their containers. */
import type { Container } from './exchange.ts';
import { describeContainer, findContainerId, type KnownContainer, matchesGroup } from './identity.ts';
import type { Decision } from './probe.ts';
import { Recent } from './recent.ts';
import type { GroupId, GroupRecord } from './records.ts';
import type { Settings } from './settings.ts';

export type Group = { readonly container: Container | null; readonly isWanted: boolean };

export type GroupsKernel = {
  readonly decide: (group: GroupId, decision: Decision) => void;
  readonly forgetGroup: (group: GroupId) => void;
};

/** Fewer than the kernel's map has room for; those that were not used for longest are announced again if they are. */
const MAX_GROUPS = 6000;
/** How often a container is announced while it bears no name of its own: one that shares the host's never will. */
const MAX_NAMELESS = 3;
const UNKNOWN: Group = { container: null, isWanted: true };

type Met = { readonly record: GroupRecord; readonly announced: number; group: Group };

export class Groups {
  readonly #met = new Recent<string, Met>(MAX_GROUPS);
  readonly #settings: Pick<Settings, 'scope' | 'cgroups'>;
  readonly #kernel: GroupsKernel;
  #known: ReadonlyMap<string, KnownContainer> = new Map();

  constructor(settings: Pick<Settings, 'scope' | 'cgroups'>, kernel: GroupsKernel) {
    this.#settings = settings;
    this.#kernel = kernel;
  }

  /** The kernel has met a cgroup: decides whether its processes are traced. */
  announced(record: GroupRecord): void {
    const key = keyOf(record.group);
    const met = { record, announced: (this.#met.get(key)?.announced ?? 0) + 1, group: UNKNOWN };
    const forgotten = this.#met.set(key, met);
    if (forgotten !== undefined) this.#kernel.forgetGroup(forgotten.record.group);
    this.#decide(met);
  }

  /** The list of containers has changed. */
  renamed(known: ReadonlyMap<string, KnownContainer>): void {
    this.#known = known;
    for (const met of this.#met.values()) this.#decide(met);
  }

  find(group: GroupId): Group {
    return this.#met.get(keyOf(group))?.group ?? UNKNOWN;
  }

  #decide(met: Met): void {
    const { record, announced } = met;
    const id = findContainerId(record);
    const container = id === undefined ? null : describeContainer(id, record.node, this.#known);
    const isInScope = this.#settings.scope === 'host' || container !== null;
    const isWanted = isInScope && matchesGroup(this.#settings.cgroups, record, container);
    met.group = { container, isWanted };
    // A container that is being made may be given a name, which may be one that is asked for: the kernel tells it then.
    const isUnnamed = container !== null && container.name === null && record.node === '';
    const mayBeNamed = isUnnamed && announced < MAX_NAMELESS;
    this.#kernel.decide(record.group, mayBeNamed ? 'unnamed' : isWanted ? 'trace' : 'ignore');
  }
}

function keyOf(group: GroupId): string {
  return `${group.unified}/${group.legacy}`;
}
