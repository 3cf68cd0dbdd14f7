import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { attempt } from '../attempt.ts';

/** Made once, when macOS was installed. */
const installed = '/private/var/db';

let known: string | undefined;

/**
 * What tells this machine from another one that works in the same checkout. A Mac goes by another host name in each network, so
 * that a lock which a killed run left in one would be a stranger's in the next: there it is the moment of its installation.
 */
export function thisMachine(): string {
  known ??= process.platform === 'darwin' ? (readInstallation() ?? hostname()) : ownName() + readSandbox();
  return known;
}

/** Of a claim from a container or sandbox that goes by this machine's name: how the system names it, for who sees all processes. */
export function sandboxHere(host: string): string | undefined {
  return host.startsWith(`${thisMachine()} pid:`) ? host.slice(thisMachine().length + 1) : undefined;
}

/** Whether we see other processes than the machine does. */
export function isInSandbox(): boolean {
  return process.platform !== 'darwin' && thisMachine() !== ownName();
}

/** Whether a claim is from a sandbox of which only the processes are others than those of ours. */
export function hasNameOfOurs(host: string): boolean {
  return host !== thisMachine() && host.startsWith(`${ownName()} pid:`);
}

let name: string | undefined;

function ownName(): string {
  name ??= readName() ?? hostname();
  return name;
}

/** The host name where the system shows it in a file: to load what else tells it takes longer. */
function readName(): string | undefined {
  return attempt(() => readFileSync('/proc/sys/kernel/hostname', 'utf8').trimEnd(), undefined);
}

/** What sees other processes than the machine does, and other numbers for them, is as good as another machine. */
function readSandbox(): string {
  const processes = attempt(() => readlinkSync('/proc/self/ns/pid'), ofTheMachine);
  return processes === ofTheMachine ? '' : ` ${processes}`;
}

/** The same on every Linux. */
const ofTheMachine = 'pid:[4026531836]';

function readInstallation(): string | undefined {
  const madeMs = statSync(installed, { throwIfNoEntry: false })?.birthtimeMs ?? 0;
  return madeMs > 0 ? `mac-${madeMs}` : undefined;
}
