import { readlinkSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import type { Holder } from '../events.ts';
import { findProcess, listProcesses } from '../process/list.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { sandboxHere, thisMachine } from './this-machine.ts';

/** Who holds a lock: enough to tell whether that process still runs, and one run of it from the next. */
export type Claim = Holder & {
  /** When the process began, as the system says it, so that a later process with the same pid is another one. */
  readonly started: string;
  readonly serial: number;
};

let ownStart: string | undefined;
let lastSerial = 0;

/** A claim of this process for one of its tasks. */
export function makeClaim(pid: number, task: string): Claim {
  ownStart ??= findProcess(pid)?.started ?? '';
  return { pid, host: thisMachine(), task, started: ownStart, serial: ++lastSerial };
}

/** A claim as the text that stands in a lock. */
export function writeClaim({ pid, started, serial, host, task }: Claim): string {
  return [pid, started, serial, host, task].join('|');
}

/** Reads what `writeClaim` wrote. */
export function readClaim(text: string): Claim {
  const [pid, started = '', serial, host = '', task = ''] = text.split('|');
  return { pid: Number(pid), started, serial: Number(serial), host, task };
}

/** Whether the process of a claim still runs. Of another machine, or from within a container, that cannot be known. */
export function isHeld({ pid, host, started }: Claim): boolean {
  const isUnreadable = host === '' || !Number.isInteger(pid);
  if (isUnreadable) return false;
  if (host !== thisMachine()) {
    const sandbox = sandboxHere(host);
    return sandbox === undefined || runsIn(sandbox, started);
  }
  const process = findProcess(pid);
  if (process === undefined || process.isZombie) return false;
  return process.started === started || process.started === '' || started === '';
}

/** How to go on where nobody here sees whether a run that holds a lock goes on. */
export function hintOfUnseen({ host }: Claim, file: string): string | undefined {
  if (host === thisMachine()) return undefined;
  if (sandboxHere(host) !== undefined) return 'that is its number in a container or sandbox';
  return `that is on \`${host}\`, and cannot be seen from here: if it is gone, \`rm ${shellQuote(file)}\``;
}

/** Whether a process of that age goes on in a sandbox of this machine, where it has another number. */
function runsIn(sandbox: string, started: string): boolean {
  return listProcesses().some((process) => process.started === started && !process.isZombie && isIn(sandbox, process));
}

function isIn(sandbox: string, { pid }: { readonly pid: number }): boolean {
  // What is somebody else's may be the one.
  return attempt(() => readlinkSync(`/proc/${pid}/ns/pid`) === sandbox, true);
}
