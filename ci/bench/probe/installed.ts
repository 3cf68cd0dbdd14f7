/** Which programs there are, and what installs those that are not. Nothing is installed for you. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where a package is not called what its program is. */
const PACKAGES: Readonly<Record<string, string>> = { cc: 'gcc', nginx: 'nginx-light', taskset: 'util-linux' };
/** An ordinary user's PATH leaves it out. */
const SYSTEM = ['/usr/sbin', '/sbin'];

export function isInstalled(program: string): boolean {
  if (program.includes('/')) return isExecutable(program);
  return [...(process.env.PATH ?? '').split(':'), ...SYSTEM].some((folder) => isExecutable(join(folder, program)));
}

/** Throws where a program is missing, and says which, and what installs it. */
export function need(program: string): void {
  if (!isInstalled(program)) throw new Error(notInstalled(program));
}

/** `name` is what it is called where it is shown. */
export function notInstalled(program: string, name = `\`${program}\``): string {
  return `${name} is not installed: apt-get install ${PACKAGES[program] ?? program}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
