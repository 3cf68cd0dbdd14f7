import { createHash, hash } from 'node:crypto';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { sha256 } from '@noble/hashes/sha2.js';
import { kinds } from './stamp.ts';

export const digestBytes = 32;

/** Files up to here are read at once; of larger ones only a piece is in memory. */
const smallBytes = 256 * 1024;
const pieceBytes = 1024 * 1024;
/** How much is hashed before others get their turn. */
const turnBytes = 8 * 1024 * 1024;

export type DigestJob = { readonly at: string | Buffer; readonly kind: number; readonly size: number };

/** To load Node's own costs more than to calculate so many bytes without it. */
const shortBytes = 2048;

/** The SHA-256 of a text, in hex. */
export function digestOfText(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length > shortBytes ? hash('sha256', bytes, 'hex') : Buffer.from(sha256(bytes)).toString('hex');
}

/**
 * Calculates digests one after another, and lets the rest of the program go on in between. `onDigest` gets undefined for a
 * file that cannot be read.
 */
export async function calculateDigests(
  jobs: readonly DigestJob[],
  onDigest: (index: number, digest: Buffer | undefined) => void,
): Promise<void> {
  let bytes = 0;
  for (const [index, job] of jobs.entries()) {
    const isSmall = job.size <= smallBytes;
    onDigest(index, isSmall ? unlessUnreadable(() => digestOf(job)) : await digestOfLarge(job));
    bytes += 1024 + (isSmall ? job.size : 0);
    if (bytes < turnBytes) continue;
    bytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function digestOf({ at, kind }: DigestJob): Buffer {
  switch (kind) {
    case kinds.gone:
      return Buffer.alloc(digestBytes);
    case kinds.special:
      return hash('sha256', 'special', 'buffer');
    case kinds.link:
      return digestOfLink(at);
    default:
      return hash('sha256', readFileSync(at), 'buffer');
  }
}

/** Where a link leads, and what is there: a command may look at either. */
function digestOfLink(at: string | Buffer): Buffer {
  const digest = createHash('sha256').update(`link ${readlinkSync(at)}\0`);
  const stat = behind(() => statSync(at));
  if (stat?.isFile() === true) digest.update(`${stat.mode & 0o100} `).update(readFileSync(at));
  else digest.update(stat?.isDirectory() === true ? 'folder' : 'other');
  return digest.digest();
}

function behind<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

async function digestOfLarge(job: DigestJob): Promise<Buffer | undefined> {
  if (job.kind === kinds.link || job.kind === kinds.special) return unlessUnreadable(() => digestOf(job));
  try {
    await using file = await open(job.at, 'r');
    const digest = createHash('sha256');
    let [filled, next] = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)];
    let { bytesRead } = await file.read(filled, 0, pieceBytes);
    while (bytesRead > 0) {
      const reading = file.read(next, 0, pieceBytes);
      digest.update(bytesRead === pieceBytes ? filled : filled.subarray(0, bytesRead));
      ({ bytesRead } = await reading);
      [filled, next] = [next, filled];
    }
    return digest.digest();
  } catch {
    return undefined;
  }
}

function unlessUnreadable(calculate: () => Buffer): Buffer | undefined {
  try {
    return calculate();
  } catch {
    return undefined;
  }
}
