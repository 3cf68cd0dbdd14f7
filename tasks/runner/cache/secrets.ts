import { closeSync, openSync, readSync } from 'node:fs';
import { needlesOf } from '../secrets/forms.ts';

const pieceBytes = 1024 * 1024;
/** In bytes of any kind a shorter piece of base64 may be there by chance. */
const shortestForm = 6;

/** Looks for values in what is to be stored: as they are, and as tools spell them. */
export type SecretFinder = {
  readonly isInText: (text: string) => boolean;
  readonly isInFile: (file: string) => boolean;
};

/** Makes the finder of a run's secrets. */
export function makeSecretFinder(values: readonly string[]): SecretFinder {
  const needles = values
    .flatMap((value) => needlesOf(value, 'latin1'))
    .filter(({ longest }) => longest >= shortestForm);
  const isIn = (latin1: string): boolean => needles.some(({ pattern }) => latin1.search(pattern) !== -1);
  return {
    isInText: (text) => isIn(Buffer.from(text).toString('latin1')),
    isInFile: (file) => needles.length > 0 && isInFile(file, isIn, Math.max(...needles.map(({ longest }) => longest))),
  };
}

function isInFile(file: string, isIn: (latin1: string) => boolean, longest: number): boolean {
  const overlap = longest - 1;
  const buffer = Buffer.alloc(overlap + pieceBytes);
  const open = openSync(file, 'r');
  try {
    for (let kept = 0; ; ) {
      const read = readSync(open, buffer, kept, pieceBytes, null);
      if (read === 0) return false;
      const piece = buffer.subarray(0, kept + read);
      if (isIn(piece.toString('latin1'))) return true;
      kept = Math.min(overlap, piece.length);
      piece.copy(buffer, 0, piece.length - kept);
    }
  } finally {
    closeSync(open);
  }
}
