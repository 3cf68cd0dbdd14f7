import { isErrno } from '../host.ts';

/** Whether a reader went away. */
export function isGone(error: unknown): boolean {
  return isErrno(error, 'EPIPE', 'EIO');
}

/** Of what others write there, what cannot be read any more is dropped: a terminal that was closed must not end the program. */
export function outliveReader(stream: NodeJS.WriteStream): void {
  stream.off('error', unlessGone).on('error', unlessGone);
}

function unlessGone(error: Error): void {
  if (!isGone(error)) throw error;
}
