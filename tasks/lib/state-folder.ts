/** What the runner keeps in .tasks, and how it is removed under runs that go on. */
import { readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'zx-tasks';
import { namesIn } from './read.ts';

/** What other runs go by: who holds what, and what they will leave behind if they are killed. */
const ofRuns: readonly string[] = ['locks', 'state'];

/** Empties .tasks. Where other runs of the checkout go on, what they rely on stays; gives the tasks that they hold. */
export async function emptyState(
  { root, run }: Pick<Context, 'root' | 'run'>,
  own: string,
): Promise<readonly string[]> {
  const folder = join(root, '.tasks');
  const others = await heldByOthers(join(folder, 'locks'), own, run);
  const names = (await namesIn(folder)).filter((name) => others.length === 0 || !ofRuns.includes(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  return others;
}

/** Each lock is a link that says `pid|start|serial|machine|task`. */
async function heldByOthers(folder: string, own: string, run: Context['run']): Promise<readonly string[]> {
  const locks = (await namesIn(folder)).filter((name) => name.endsWith('.lock'));
  const claims = await Promise.all(locks.map(async (name) => ({ name, claim: await readClaim(join(folder, name)) })));
  const ours = claims.find(({ name }) => name === `${own}.lock`)?.claim;
  const held = await Promise.all(
    claims.map(async ({ claim }) => {
      if (claim === undefined || claim.pid === ours?.pid) return [];
      const mayRun = claim.machine !== ours?.machine || (await isAlive(claim.pid, run));
      return mayRun ? [claim.task] : [];
    }),
  );
  return [...new Set(held.flat())].sort();
}

async function readClaim(lock: string) {
  const text = await readlink(lock).catch((error: NodeJS.ErrnoException) => {
    // It was given back meanwhile, or is no link.
    if (error.code === 'ENOENT' || error.code === 'EINVAL') return '';
    throw error;
  });
  const [pid = '', , , machine = '', task = ''] = text.split('|');
  return /^\d+$/.test(pid) ? { pid, machine, task } : undefined;
}

/** One that is another user's may not be asked, but is there. */
async function isAlive(pid: string, run: Context['run']): Promise<boolean> {
  const { code, stderr } = await run(['/bin/sh', '-c', 'kill -0 "$1"', 'sh', pid], { env: { LC_ALL: 'C' } });
  return code === 0 || !/no such process/i.test(stderr);
}
