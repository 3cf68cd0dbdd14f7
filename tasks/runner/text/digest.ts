import { createHash, type Hash, hash } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';

/** To load Node's own costs more than to calculate so many bytes without it. */
const shortBytes = 2048;

/** The SHA-256 of a text, in hex. */
export function digestOfText(text: string): string {
  return digestOfBytes(Buffer.from(text));
}

/** The same of what comes in pieces, of which no more is held than is short. */
export function digestOfStream(): { readonly push: (piece: Buffer) => void; readonly end: () => string } {
  let held: Buffer = Buffer.alloc(0);
  let digest: Hash | undefined;
  return {
    push: (piece) => {
      const bytes = held.length === 0 ? piece : Buffer.concat([held, piece]);
      const isShort = digest === undefined && bytes.length <= shortBytes;
      held = isShort ? bytes : Buffer.alloc(0);
      if (!isShort) digest = (digest ?? createHash('sha256')).update(bytes);
    },
    end: () => digest?.digest('hex') ?? digestOfBytes(held),
  };
}

function digestOfBytes(bytes: Buffer): string {
  return bytes.length > shortBytes ? hash('sha256', bytes, 'hex') : Buffer.from(sha256(bytes)).toString('hex');
}
