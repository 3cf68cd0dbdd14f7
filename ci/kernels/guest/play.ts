/** One end of an exchange: writes its own pieces, and reads as many bytes as the other end's have. */
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Side, Step } from './cases.ts';

/** Between two pieces, so that they arrive as two. */
const BETWEEN_MS = 10;

/** Returns when the connection is over. */
export async function play(socket: Socket, side: Side, steps: readonly Step[]): Promise<void> {
  const isOver = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // A reset is what some cases are about.
  socket.on('error', () => undefined);
  socket.setNoDelay();
  const received = countBytes(socket);
  let expected = 0;
  for (const step of steps) {
    if (step.by === side) await act(socket, step);
    else if ('pieces' in step) {
      expected += step.pieces.join('').length;
      await received(expected);
    }
  }
  if (side === 'client' && !steps.some((step) => 'end' in step)) socket.end();
  await isOver;
}

function countBytes(socket: Socket): (bytes: number) => Promise<void> {
  let count = 0;
  let wake = (): void => undefined;
  socket.on('data', (data) => {
    count += data.length;
    wake();
  });
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    count = Number.POSITIVE_INFINITY;
    wake();
  });
  return async (bytes) => {
    while (count < bytes) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

async function act(socket: Socket, step: Step): Promise<void> {
  if ('end' in step) {
    // What was written last is read before the connection breaks off.
    await wait(5 * BETWEEN_MS);
    if (step.end === 'fin') socket.end();
    else socket.resetAndDestroy();
    return;
  }
  for (const piece of step.pieces) {
    await new Promise<void>((resolve) => socket.write(piece, 'latin1', () => resolve()));
    await wait(BETWEEN_MS);
  }
}
