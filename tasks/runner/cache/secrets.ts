import { closeSync, openSync, readSync } from 'node:fs';

const pieceBytes = 1024 * 1024;
/** Shorter values are found everywhere. */
const shortest = 4;

/** Whether a file has any of these values in it, as it is or in base64. */
export function holdsSecret(file: string, values: readonly string[]): boolean {
  const needles = values.filter((value) => value.length >= shortest).flatMap(formsOf);
  if (needles.length === 0) return false;
  const overlap = Math.max(...needles.map(({ length }) => length)) - 1;
  const buffer = Buffer.alloc(overlap + pieceBytes);
  const open = openSync(file, 'r');
  try {
    for (let kept = 0; ; ) {
      const read = readSync(open, buffer, kept, pieceBytes, null);
      if (read === 0) return false;
      const piece = buffer.subarray(0, kept + read);
      if (needles.some((needle) => piece.includes(needle))) return true;
      kept = Math.min(overlap, piece.length);
      piece.copy(buffer, 0, piece.length - kept);
    }
  } finally {
    closeSync(open);
  }
}

function formsOf(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value);
  return [bytes, Buffer.from(bytes.toString('base64').replace(/=+$/, ''))];
}
