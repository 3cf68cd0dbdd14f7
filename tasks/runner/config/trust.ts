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
