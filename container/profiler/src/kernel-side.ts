/** The part of the kernel's side that concerns connections that are followed. */
import type { KnownBodies } from './connection/known.ts';

/** What the table wants the kernel to do. */
export type KernelSide = {
  /** Tells what was so at `timeNs`. */
  readonly ignore: (sock: bigint, conn: number, timeNs: number) => void;
  readonly forget: (sock: bigint, conn: number) => void;
  /** Tells what was known at `timeNs`; `requestDirection` is that of its requests. */
  readonly passOver: (conn: number, requestDirection: number, known: KnownBodies, timeNs: number) => void;
  /** Does it follow the connection? */
  readonly isOpen: (sock: bigint, conn: number) => boolean;
  /** Does anybody have the socket of this Unix connection? */
  readonly isStillOpen: (sock: bigint, conn: number) => boolean;
};
