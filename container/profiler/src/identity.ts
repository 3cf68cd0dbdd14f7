/** From the names of cgroups to containers: which there is, what people call it, and whether it is to be traced. */
import { decodeName } from './decoded.ts';
import type { Container } from './exchange.ts';

/** What the kernel tells of a cgroup once. */
export type GroupNames = {
  /** Names from the innermost outwards, on the unified hierarchy and on a version 1 one. */
  readonly unified: readonly string[];
  readonly legacy: readonly string[];
  /** The UTS node name of the process that was seen in it; empty where that is the host's. */
  readonly node: string;
};

/** A container that `containers.json` names. */
export type KnownContainer = {
  readonly id: string;
  readonly name: string;
  readonly image: string | null;
  readonly service: string | null;
};

/** The id of a container, as engines write it at the end of a cgroup's name: `libpod-<id>.scope`, `docker-<id>.scope`. */
const CONTAINER_ID = /(?:^|[-:])([0-9a-f]{64})(?:\.scope|\.slice|\.service)?$/;

/** The monitor of a container of Podman or CRI-O has a cgroup beside it that bears its id. */
const MONITOR = /^(libpod|crio)-conmon-/;

/** The innermost container that the names speak of; undefined on the host. */
export function findContainerId(names: Pick<GroupNames, 'unified' | 'legacy'>): string | undefined {
  for (const name of [...names.unified, ...names.legacy]) {
    const id = CONTAINER_ID.exec(name)?.[1];
    if (id !== undefined && !MONITOR.test(name)) return id;
  }
  return undefined;
}

/** The container as the trace shows it. Without a list of names, its host name is what people gave it. */
export function describeContainer(id: string, node: string, known: ReadonlyMap<string, KnownContainer>): Container {
  const named = known.get(id);
  if (named) return { id, name: named.name, image: named.image, service: named.service };
  // So does an empty one, which nobody gave.
  const nodeIsId = id.startsWith(node);
  return { id, name: nodeIsId ? null : node, image: null, service: null };
}

/** Reads `containers.json`; undefined if it is not (or not yet) what it should be. */
export function parseContainers(text: string): ReadonlyMap<string, KnownContainer> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Array.isArray(parsed)) return undefined;
  const containers = parsed.map(toContainer).filter((container) => container !== undefined);
  if (containers.length === 0 && parsed.length > 0) return undefined;
  return new Map(containers.map((container) => [container.id, container]));
}

/** Whether one of the patterns (names, `*` stands for anything) is a name of the group or of its container. */
export function matchesGroup(patterns: readonly string[], names: GroupNames, container: Container | null): boolean {
  if (patterns.length === 0) return true;
  // The outermost group has no name, which only `*` stands for.
  const all = ['', ...names.unified, ...names.legacy, container?.id, container?.name, container?.service];
  return patterns.some((pattern) => {
    const expression = new RegExp(`^${pattern.split('*').map(escapeForRegExp).join('.*')}$`);
    return all.some((name) => name !== undefined && name !== null && expression.test(decodeName(name)));
  });
}

function toContainer(value: unknown): KnownContainer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, name, image, service } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof name !== 'string') return undefined;
  // Docker's own lists begin names with one.
  return { id, name: name.replace(/^\//, ''), image: textOrNull(image), service: textOrNull(service) };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
