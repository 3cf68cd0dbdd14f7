import type { Host } from '../host.ts';

/**
 * Whether something above, which would have us run what it says, may be heeded: in a folder that others can write to, anybody
 * could put it there. It may be root's, ours, or that of the owner of the place from which it was found.
 */
export function isTrusted({ user, ownerOf }: Pick<Host, 'user' | 'ownerOf'>, path: string, from: string): boolean {
  const owner = ownerOf(path);
  return owner !== undefined && (owner === 0 || owner === user?.uid || owner === ownerOf(from));
}
