import { crc32 } from 'node:zlib';

export const checksumBytes = 8;

/** To load Node's own costs more than to calculate so many bytes without it. */
const shortBytes = 128 * 1024;

/** What tells a record from a damaged one: not from one that somebody has forged. */
export function checksumOf(bytes: Buffer): Buffer {
  const checksum = Buffer.alloc(checksumBytes);
  if (bytes.length > shortBytes) checksum.writeUInt32LE(crc32(bytes));
  else writeSums(checksum, bytes);
  return checksum;
}

/** Fletcher's two sums over words of 32 bits: the second one depends on where each word stands. */
function writeSums(checksum: Buffer, bytes: Buffer): void {
  const whole = Math.ceil(bytes.length / 4);
  const padded = new Uint8Array(whole * 4);
  padded.set(bytes);
  const words = new Int32Array(padded.buffer);
  let sum = bytes.length;
  let sumOfSums = 0;
  // Iterators take several times as long until they are compiled.
  for (let index = 0; index < whole; index++) {
    sum = (sum + (words[index] as number)) | 0;
    sumOfSums = (sumOfSums + sum) | 0;
  }
  checksum.writeInt32LE(sum);
  checksum.writeInt32LE(sumOfSums, 4);
}
