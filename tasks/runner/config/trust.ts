import { dirname, join } from 'node:path';
import type { Host } from '../host.ts';

/**
 * Whether something above, which would have us run what it says, may be heeded: in a folder that others can write to, anybody
 * could put it there. It may be root's, ours, or that of the owner of the place from which it was found.
 */
export function isTrusted({ user, ownersOf }: Pick<Host, 'user' | 'ownersOf'>, path: string, from: string): boolean {
  const owners = ownersOf(path);
  const trusted = [0, user?.uid, ...ownersOf(from)];
  return owners.length > 0 && owners.every((owner) => trusted.includes(owner));
}

/**
 * What another user has put beside a config, in a folder where everybody may make files, as /tmp is: who may not change the config
 * could so still have us run something else. In other folders whoever may do that may change the config, too.
 */
export function findForeign(
  host: Pick<Host, 'user' | 'ownersOf' | 'exists' | 'isSticky'>,
  config: string,
  names: readonly string[],
): string | undefined {
  const folder = dirname(config);
  if (!host.isSticky(folder)) return undefined;
  return names.find((name) => host.exists(join(folder, name)) && !isTrusted(host, join(folder, name), config));
}
