import { statSync } from 'node:fs';
import { hostname } from 'node:os';

/** Made once, when macOS was installed. */
const installed = '/private/var/db';

let known: string | undefined;

/**
 * What tells this machine from another one that works in the same checkout. A Mac goes by another host name in each network, so
 * that a lock which a killed run left in one would be a stranger's in the next: there it is the moment of its installation.
 */
export function thisMachine(): string {
  known ??= process.platform === 'darwin' ? (readInstallation() ?? hostname()) : hostname();
  return known;
}

function readInstallation(): string | undefined {
  const madeMs = statSync(installed, { throwIfNoEntry: false })?.birthtimeMs ?? 0;
  return madeMs > 0 ? `mac-${madeMs}` : undefined;
}
