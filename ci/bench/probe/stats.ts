/** The kernel's own statistics of eBPF programs, on while somebody looks. */
import { readFileSync, writeFileSync } from 'node:fs';

const SWITCH = '/proc/sys/kernel/bpf_stats_enabled';

/** Turns them on; they are as they were when it is disposed of. */
export function setStats(): Disposable {
  const before = readFileSync(SWITCH, 'utf8');
  writeFileSync(SWITCH, '1');
  return { [Symbol.dispose]: () => writeFileSync(SWITCH, before) };
}
