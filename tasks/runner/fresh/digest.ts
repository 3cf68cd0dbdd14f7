import { createHash, type Hash, hash } from 'node:crypto';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { attempt } from '../attempt.ts';
import { kinds } from './stamp.ts';

export const digestBytes = 32;

/** Files up to here are read at once; of larger ones only a piece is in memory. */
const smallBytes = 256 * 1024;
const pieceBytes = 1024 * 1024;
/** How much is hashed before others get their turn. */
const turnBytes = 8 * 1024 * 1024;

export type DigestJob = { readonly at: string | Buffer; readonly kind: number; readonly size: number };

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
    const size = sizeOf(job);
    const isSmall = size <= smallBytes;
    onDigest(index, isSmall ? attempt(() => digestOf(job), undefined) : await digestOfLarge(job));
    bytes += 1024 + (isSmall ? size : 0);
    if (bytes < turnBytes) continue;
    bytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How much is to be read. A link may be known by its own size. */
function sizeOf({ at, kind, size }: DigestJob): number {
  if (kind === kinds.special) return 0;
  return kind === kinds.link ? sizeBehind(at) : size;
}

function digestOf({ at, kind }: DigestJob): Buffer {
  switch (kind) {
    case kinds.gone:
      return Buffer.alloc(digestBytes);
    case kinds.special:
      return hash('sha256', 'special', 'buffer');
    case kinds.link:
      return digestOfLink(at)
        .update(sizeBehind(at) === 0 ? '' : readFileSync(at))
        .digest();
    default:
      return hash('sha256', readFileSync(at), 'buffer');
  }
}

/** Where a link leads, and what is there, all but its content: a command may look at either. */
function digestOfLink(at: string | Buffer): Hash {
  const digest = createHash('sha256').update(`link ${readlinkSync(at)}\0`);
  const stat = attempt(() => statSync(at), undefined);
  if (stat?.isFile() === true) return digest.update(`${stat.mode & 0o100} `);
  return digest.update(stat?.isDirectory() === true ? 'folder' : 'other');
}

/** 0 where no file lies there. */
function sizeBehind(at: string | Buffer): number {
  const stat = attempt(() => statSync(at), undefined);
  return stat?.isFile() === true ? stat.size : 0;
}

async function digestOfLarge({ at, kind }: DigestJob): Promise<Buffer | undefined> {
  try {
    const digest = kind === kinds.link ? digestOfLink(at) : createHash('sha256');
    await using file = await open(at, 'r');
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
