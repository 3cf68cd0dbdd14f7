import { renameSync, rmSync } from 'node:fs';

/**
 * Replaces a file in one step: `make` writes `temporary`, which then takes the place of `target`. Where the system refuses one of
 * them, `target` is as it was, nothing half written stays, and the error is thrown.
 */
export function putInPlace(temporary: string, target: string, make: () => void): void {
  try {
    make();
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
