/** The cgroups that have been announced, what was decided about them, and the names of their containers. */
import type { Container } from './exchange.ts';
import { describeContainer, findContainerId, type KnownContainer, matchesGroup } from './identity.ts';
import type { Decision } from './probe.ts';
import type { GroupId, GroupRecord } from './records.ts';
import type { Settings } from './settings.ts';

export type Group = { readonly container: Container | null; readonly isWanted: boolean };

export type GroupsKernel = {
  readonly decide: (group: GroupId, decision: Decision) => void;
  readonly forgetGroup: (group: GroupId) => void;
};

/** Fewer than the kernel's map has room for; the oldest are announced again if they are still used. */
const MAX_GROUPS = 6000;
const UNKNOWN: Group = { container: null, isWanted: true };

export class Groups {
  readonly #records = new Map<string, GroupRecord>();
  readonly #groups = new Map<string, Group>();
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
    if (this.#records.size >= MAX_GROUPS) this.#forgetOldest();
    this.#records.set(key, record);
    this.#decide(key, record);
  }

  /** The list of containers has changed. */
  renamed(known: ReadonlyMap<string, KnownContainer>): void {
    this.#known = known;
    for (const [key, record] of this.#records) this.#decide(key, record);
  }

  find(group: GroupId): Group {
    return this.#groups.get(keyOf(group)) ?? UNKNOWN;
  }

  #decide(key: string, record: GroupRecord): void {
    const id = findContainerId(record);
    const container = id === undefined ? null : describeContainer(id, record.node, this.#known);
    const isInScope = this.#settings.scope === 'host' || container !== null;
    const isWanted = isInScope && matchesGroup(this.#settings.cgroups, record, container);
    this.#groups.set(key, { container, isWanted });
    // A container that has no name yet may be given one: the kernel tells it then.
    const isUnnamed = container !== null && container.name === null && record.node === '';
    this.#kernel.decide(record.group, isWanted ? (isUnnamed ? 'unnamed' : 'trace') : 'ignore');
  }

  #forgetOldest(): void {
    for (const [key, record] of this.#records) {
      this.#records.delete(key);
      this.#groups.delete(key);
      this.#kernel.forgetGroup(record.group);
      return;
    }
  }
}

function keyOf(group: GroupId): string {
  return `${group.unified}/${group.legacy}`;
}
