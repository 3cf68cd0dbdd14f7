import { findProcess, findProcesses, listProcesses, type ProcessRow, unknownProcess } from './list.ts';
import type { Watcher } from './watcher.ts';

/** A process and all that comes of it. */
export type Following = {
  /** Looks again, at what the system lists now, and gives what runs. */
  readonly look: (listed?: readonly ProcessRow[]) => readonly ProcessRow[];
};

type Known = {
  /** When each process began; undefined for one that has not been seen. */
  readonly started: Map<number, string | undefined>;
  /** Groups and sessions that are not ours. */
  readonly groups: Set<number>;
  readonly sessions: Set<number>;
};

export type Followed = {
  /** The first of all; none where that has gone. */
  readonly root?: number;
  readonly own: number;
  /** What else belongs to the tree. */
  readonly adopts?: (listed: readonly ProcessRow[]) => readonly ProcessRow[];
  /** Told of all but the first: who has lost its parent would outlive us if we were killed now. */
  readonly watcher?: Pick<Watcher, 'started' | 'ended'>;
};

const nobody = (): readonly ProcessRow[] => [];

/**
 * Follows what a process starts from look to look. One look may miss something: while the system lists its processes, one of
 * them starts another and is gone. So what a member has started is one, and so is all that is in a group or session of a
 * member: where these are not ours, a member has made them. Only a daemon, which leaves them and its parent, is lost.
 */
export function follow({ root, own, adopts = nobody, watcher }: Followed): Following {
  // Where nobody tells which these are, none is a member's.
  const us = findProcess(own) ?? unknownProcess(own);
  const first = root === undefined ? [] : [root];
  let known: Known = {
    started: new Map(first.map((pid) => [pid, undefined])),
    groups: new Set(first),
    sessions: new Set(first),
  };
  const take = ({ started, groups, sessions }: Known, row: ProcessRow): void => {
    started.set(row.pid, row.started);
    if (us.group > 0 && row.group > 0 && row.group !== us.group) groups.add(row.group);
    if (us.session !== undefined && row.session && row.session !== us.session) sessions.add(row.session);
  };
  const told = new Set<number>();
  const tell = (members: readonly ProcessRow[]): void => {
    const pids = new Set(members.map(({ pid }) => pid));
    for (const pid of pids) if (pid !== root && !told.has(pid)) watcher?.started(pid);
    for (const pid of told) if (!pids.has(pid)) watcher?.ended(pid);
    told.clear();
    for (const pid of pids) if (pid !== root) told.add(pid);
  };
  return {
    look: (listed = listProcesses()) => {
      const rows = listed.length > 0 ? listed : findProcesses([...known.started.keys()]);
      const members = membersAmong({ rows, adopted: new Set(adopts(rows)) }, known, take);
      // Of what is gone, something may be left that is not listed yet.
      if (members.length > 0) {
        known = { started: new Map(), groups: new Set(), sessions: new Set() };
        for (const row of members) take(known, row);
      }
      const running = members.filter(({ isZombie }) => !isZombie);
      tell(running);
      return running;
    },
  };
}

function membersAmong(
  { rows, adopted }: { readonly rows: readonly ProcessRow[]; readonly adopted: ReadonlySet<ProcessRow> },
  { started, groups, sessions }: Known,
  take: (known: Known, row: ProcessRow) => void,
): readonly ProcessRow[] {
  const wider = { started: new Map(started), groups: new Set(groups), sessions: new Set(sessions) };
  const members = new Set<ProcessRow>();
  const isNear = ({ parent, group, session = 0 }: ProcessRow): boolean =>
    wider.started.has(parent) || wider.groups.has(group) || wider.sessions.has(session);
  const isMember = (row: ProcessRow): boolean => {
    if (started.has(row.pid)) return [undefined, row.started].includes(started.get(row.pid));
    return adopted.has(row) || isNear(row);
  };
  for (let size = -1; size < members.size; ) {
    size = members.size;
    for (const row of rows) {
      if (members.has(row) || !isMember(row)) continue;
      members.add(row);
      take(wider, row);
    }
  }
  return [...members];
}
