/** A cgroup named as a container's is: what the probe takes for a container, without an engine. Needs root. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where cgroups may be made, by how a machine mounts them; a process has one in each hierarchy. */
const HIERARCHIES = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/pids', '/sys/fs/cgroup'];

/**
 * Moves processes, and what they start from now on, into such a cgroup, or into one at the path `below` it; all are removed when
 * they have ended.
 */
export function containIn(
  pids: readonly number[],
  below: readonly string[] = [],
): Disposable & { readonly id: string } {
  const id = randomBytes(32).toString('hex');
  const outermost = HIERARCHIES.filter((path) => existsSync(join(path, 'cgroup.procs'))).map((path) =>
    join(path, `libpod-${id}.scope`),
  );
  const made = outermost.flatMap((group) => [
    group,
    ...below.map((_, index) => join(group, ...below.slice(0, index + 1))),
  ]);
  for (const group of made) mkdirSync(group);
  for (const group of outermost)
    for (const pid of pids) writeFileSync(join(group, ...below, 'cgroup.procs'), String(pid));
  return {
    id,
    [Symbol.dispose]: () => {
      for (const group of made.toReversed()) rmdirSync(group);
    },
  };
}
