/** From records to exchanges: empties the rings, in the order that keeps what belongs together together. */
import { type Group, Groups } from './groups.ts';
import * as layout from './layout.ts';
import type { Probe } from './probe.ts';
import { Processes } from './processes.ts';
import { type CloseRecord, dataKind, readClose, readGroup, readNumber, readOpen, readWord } from './records.ts';
import type { Settings } from './settings.ts';
import { Table, type TableEvents } from './table.ts';
import type { KnownContainer } from './identity.ts';

export type { Group };

export type Drain = {
  /** Reads all there is now. */
  readonly drain: () => void;
  /** Gives up on what is late, and from time to time on connections that are silent. */
  readonly tidy: (nowNs: number) => void;
  readonly renamed: (known: ReadonlyMap<string, KnownContainer>) => void;
  /** Forgets all connections, in the kernel too; returns how many exchanges were under way. */
  readonly clear: () => number;
  readonly counters: () => { readonly records: number; readonly connections: number };
};

type WaitingClose = { readonly record: CloseRecord; readonly after: number };

/** Connects the probe's rings to a table of connections. */
export function createDrain(probe: Probe, settings: Settings, events: TableEvents, salt: string): Drain {
  const groups = new Groups(settings, probe);
  const processes = new Processes(groups);
  const table = new Table(probe, events, salt);
  const { data, control } = probe;
  let closes: WaitingClose[] = [];
  let records = 0;

  const onControl = (at: number): void => {
    records++;
    const kind = readWord(control, at + (layout.close.kind === layout.cgroup.kind ? layout.close.kind : kindOffset(control, at)));
    if (kind === layout.kind.cgroup) {
      groups.announced(readGroup(control, at));
      processes.forgetAll();
    } else closes.push({ record: readClose(control, at), after: data.produced() });
  };
  return { drain: () => onControl(0) } as never;
}
