/** From records to exchanges: empties both rings, in an order that keeps what belongs together together. */
import { Groups } from './groups.ts';
import type { KnownContainer } from './identity.ts';
import * as layout from './layout.ts';
import type { Probe } from './probe.ts';
import { Processes } from './processes.ts';
import {
  type CloseRecord,
  dataKind,
  readClose,
  readFramed,
  readGap,
  readGroup,
  readHalf,
  readNumber,
  readOpen,
  readWord,
} from './records.ts';
import type { Settings } from './settings.ts';
import { Table, type TableEvents } from './table.ts';

export type Drain = {
  /** Reads all there is now. */
  readonly drain: () => void;
  /** Reads all there is, and gives up on bytes that are late at `nowNs`, on the kernel's clock. */
  readonly giveUp: (nowNs: number) => void;
  /** Reads all there is, and forgets connections that are over without word. */
  readonly sweep: (nowNs: number) => void;
  /** The list of containers has changed. */
  readonly renamed: (known: ReadonlyMap<string, KnownContainer>) => void;
  /** Forgets all connections, in the kernel too; returns how many exchanges were under way. */
  readonly clear: () => number;
  readonly counters: () => { readonly records: number; readonly connections: number };
};

/** A close that is told only when all data that was there before it has been read. */
type WaitingClose = { readonly record: CloseRecord; readonly after: number };

/** Connects the probe's rings to a table of connections. `salt` keeps kernel addresses out of what is written. */
export function createDrain(probe: Probe, settings: Settings, events: TableEvents, salt: string): Drain {
  const { data, control } = probe;
  const groups = new Groups(settings, probe);
  const processes = new Processes(groups);
  const table = new Table(probe, events, salt);
  let closes: WaitingClose[] = [];
  let records = 0;

  const onControl = (at: number, length: number): void => {
    records++;
    if (length === layout.close.size) {
      closes.push({ record: readClose(control, at), after: data.produced() });
    } else {
      groups.announced(readGroup(control, at));
      processes.forgetAll();
    }
  };

  const onData = (at: number): void => {
    records++;
    const kind = dataKind(data, at);
    if (kind === layout.kind.piece) onPiece(at);
    else if (kind === layout.kind.open) table.opened(readOpen(data, at), readNumber(data, at + layout.open.timeNs));
    else if (kind === layout.kind.eof) {
      const conn = readNumber(data, at + layout.piece.conn);
      table.ended(conn, readHalf(data, at + layout.piece.direction), readGap(data, at) !== 'none');
    }
  };

  const onPiece = (at: number): void => {
    const conn = readNumber(data, at + layout.piece.conn);
    table.moved(conn, readHalf(data, at + layout.piece.direction), {
      offset: readWord(data, at + layout.piece.offset),
      length: readWord(data, at + layout.piece.len),
      cap: readWord(data, at + layout.piece.cap),
      bytes: data.bytes,
      from: at + layout.piece.size,
      framed: readFramed(data, at),
      gap: readGap(data, at),
      other: readWord(data, at + layout.piece.other),
      timeNs: readNumber(data, at + layout.piece.timeNs),
      who: processes.find(data, at),
    });
  };

  const tellCloses = (): void => {
    const read = data.consumed();
    const waiting = closes;
    closes = waiting.filter(({ after }) => after > read);
    for (const { record, after } of waiting) if (after <= read) table.closed(record);
  };

  const drain = (): void => {
    // Before the control ring is read, so that whoever the data is from has been announced.
    const end = data.produced();
    control.consume(control.produced(), onControl);
    data.consume(end, onData);
    if (closes.length > 0) tellCloses();
  };

  return {
    drain,
    // What is there by now is neither late nor silent, however long nobody has read it.
    giveUp: (nowNs) => {
      drain();
      table.giveUp(nowNs);
    },
    sweep: (nowNs) => {
      drain();
      table.sweep(nowNs);
    },
    renamed: (known) => {
      groups.renamed(known);
      processes.forgetAll();
    },
    clear: () => {
      closes = [];
      probe.forgetAll();
      return table.clear();
    },
    counters: () => ({ records, connections: table.size }),
  };
}
