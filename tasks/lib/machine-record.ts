/**
 * Podman's own record of a machine, when it is broken. Podman before 5 writes it in place, so that a Mac which is switched off
 * meanwhile leaves it empty or cut off (podman's issues 16397 and 16788); then no command of podman's knows any machine, not
 * even `rm`.
 */
import type { Ran } from 'zx-tasks';

export const RECORD_IS_BROKEN =
  'Podman’s record of a machine is empty or incomplete, as after the Mac was switched off while Podman wrote it, so Podman no longer finds it';
/** Not done unasked: a new machine takes the place of the old one's disk. */
export const START_ANEW =
  'npx tasks machine-start --forget-broken  # creates a new machine, without the images and volumes of the old one';

/** Whether podman's complaint is Go's for a file that is empty, full of zeros, or cut off; it names neither file nor machine. */
export function saysRecordIsBroken({ stderr }: Ran): boolean {
  return /unexpected end of JSON input|invalid character .* looking for/.test(stderr);
}

/** The records that do not end as JSON does, each with the keys of its machine, which podman 4 would not overwrite. */
export const FIND_BROKEN = [
  'for record in ~/.config/containers/podman/machine/*/*.json; do',
  '  tail -c 2 "$record" | grep -q "}" && continue',
  '  key=~/.ssh/$(basename "$record" .json)',
  '  for file in "$record" "$key" "$key.pub"; do test -e "$file" && echo "$file"; done',
  'done',
].join('\n');
