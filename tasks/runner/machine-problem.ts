import { dirname } from 'node:path';
import { errnoOf, messageOf, type Problem } from './errors.ts';
import { FolderInPlace } from './put-in-place.ts';
import { shellQuote } from './text/shell/quote.ts';

/**
 * What the system would not do, with what mends it; undefined for all else that is thrown, a bug above all. That a file is not as
 * it was a moment ago is no answer of the machine: who looks at it must reckon with that.
 */
export function machineProblem(thrown: unknown): Problem | undefined {
  if (thrown instanceof FolderInPlace) return { message: thrown.message };
  if (!(thrown instanceof Error)) return undefined;
  const { syscall, path, dest } = thrown as NodeJS.ErrnoException & { readonly dest?: string };
  const [code, message] = [errnoOf(thrown) ?? '', messageOf(thrown)];
  if (syscall === undefined || ofOurs.has(code)) return undefined;
  const place = dest ?? path;
  const quoted = place === undefined ? (['', ''] as const) : ([shellQuote(place), shellQuote(dirname(place))] as const);
  const hint = remedyOfStart(code) ?? ofPaths[code]?.(...quoted);
  return hint === undefined ? { message } : { message, hint };
}

/** What mends it that the system starts no process, or gives us nothing more, by its code. */
export function remedyOfStart(code: string): string | undefined {
  return ofProcesses[code];
}

const ofOurs: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY', 'EINVAL', 'EBADF']);

/** What is refused of an open file names none: both are empty then. */
type Remedy = (path: string, folder: string) => string | undefined;

const command = (text: string): string => `\`${text.trimEnd()}\``;
const isSomebodyElses: Remedy = (path, folder) =>
  path === ''
    ? undefined
    : `make it yours (\`sudo chown -R "$(id -un)" ${path}\`); \`ls -ld ${folder} ${path}\` shows whose it is`;
const isFailing: Remedy = (path) =>
  `that disk, or the network it is on, fails: see ${command(`df ${path}`)} and \`dmesg | tail\``;
const isFull: Remedy = (_, folder) =>
  `make room there: ${command(`df -h ${folder}`)} and ${command(`df -i ${folder}`)} show how much there is`;

const ofPaths: Readonly<Record<string, Remedy>> = {
  EACCES: isSomebodyElses,
  EDQUOT: isFull,
  EIO: isFailing,
  ENOSPC: isFull,
  EPERM: isSomebodyElses,
  EROFS: (path) =>
    `it is mounted read-only, also where a disk fails: see ${command(`df ${path}`)} and \`dmesg | tail\``,
  ESTALE: isFailing,
};

const ofProcesses: Readonly<Record<string, string>> = {
  E2BIG: 'it is longer than the system allows (128 KiB on Linux): give fewer words, or a file that lists them',
  EAGAIN: 'this user may have no more processes: end some, raise `ulimit -u`, or lower `--jobs`',
  EMFILE: 'this shell allows too few open files: raise `ulimit -n`, or lower `--jobs`',
  ENFILE: 'this machine has too many open files: end programs that have many (`lsof | wc -l`)',
  ENOMEM: 'this machine has no memory left: end what takes much, or lower `--jobs`',
};
