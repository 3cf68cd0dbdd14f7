/** From records to exchanges: empties both rings, in an order that keeps what belongs together together. */
import { Queue } from './connection/queue.ts';
import { Groups } from './groups.ts';
import type { KnownContainer } from './identity.ts';
import * as layout from './layout.ts';
import type { Probe } from './probe.ts';
import { Processes } from './processes.ts';
import {
  type CloseRecord,
  dataKind,
  readClose,
  readEnd,
  readFramed,
  readGap,
  readGroup,
  readHalf,
  readNumber,
  readOpen,
  readWord,
} from './records.ts';
import type { Ring } from './ring.ts';
import type { Settings } from './settings.ts';
import { Table, type TableEvents } from './table.ts';

/** A close that is told when all data that was there before it has been read. */
type WaitingClose = { readonly record: CloseRecord; readonly after: number };

/** So much is read before closes are told: who is behind would otherwise hold all connections of that time. */
const PART_BYTES = 1 << 15;
/** What was moved before a close has been read where what was moved so much later has: as long as a close waits in a profiler that keeps up. */
const LATER_NS = 20e6;

/** Connects the probe's rings to a table of connections. */
export class Drain {
  readonly #probe: Probe;
  readonly #groups: Groups;
  readonly #processes: Processes;
  readonly #table: Table;
  readonly #closes = new Queue<WaitingClose>();
  #records = 0;
  /** When the piece was moved that was read last. */
  #readNs = 0;

  /** `salt` keeps kernel addresses out of what is written. */
  constructor(probe: Probe, settings: Settings, events: TableEvents, salt: string) {
    this.#probe = probe;
    this.#groups = new Groups(settings, probe);
    this.#processes = new Processes(this.#groups);
    this.#table = new Table(probe, events, salt);
  }

  counters(): { readonly records: number; readonly connections: number } {
    return { records: this.#records, connections: this.#table.size };
  }

  /** Reads all there is now. */
  drain(): void {
    const { data, control } = this.#probe;
    // Before the control ring is read, so that whoever the data is from has been announced.
    const end = data.produced();
    control.consume(control.produced(), this.#onControl);
    let at: number;
    do {
      at = data.consumed();
      data.consume(Math.min(end, at + PART_BYTES), this.#onData);
      this.#tellCloses();
    } while (data.consumed() !== at);
  }

  /** Reads all there is, and gives up on bytes that are late at `nowNs`, on the kernel's clock: what is there by now is not. */
  giveUp(nowNs: number): void {
    this.drain();
    this.#table.giveUp(nowNs);
  }

  /** Reads all there is, and forgets connections that are over without word: those of which something came are not. */
  sweep(nowNs: number): void {
    this.drain();
    this.#table.sweep(nowNs);
  }

  /** Tells what was under way on Unix connections that are gone, once all that moved before was read. */
  endGone(nowNs: number): void {
    const gone = this.#table.findGone(nowNs);
    if (gone.length === 0) return;
    this.drain();
    this.#table.endGone(gone);
  }

  /** The list of containers has changed. */
  renamed(known: ReadonlyMap<string, KnownContainer>): void {
    this.#groups.renamed(known);
    this.#processes.forgetAll();
  }

  /** Forgets all connections, in the kernel too; returns how many exchanges were under way. */
  clear(): number {
    this.#closes.clear();
    this.#probe.forgetAll();
    return this.#table.clear();
  }

  readonly #onControl = (at: number, length: number): void => {
    const { data, control } = this.#probe;
    this.#records++;
    if (length === layout.close.size) {
      this.#closes.push({ record: readClose(control, at), after: data.produced() });
    } else {
      this.#groups.announced(readGroup(control, at));
      this.#processes.forgetAll();
    }
  };

  readonly #onData = (at: number, length: number): void => {
    const { data } = this.#probe;
    this.#records++;
    const kind = dataKind(data, at);
    if (kind === layout.kind.piece) this.#onPiece(data, at, length);
    else if (kind === layout.kind.eof) this.#table.ended(readEnd(data, at));
    else if (kind === layout.kind.open) {
      this.#table.opened(readOpen(data, at), readNumber(data, at + layout.open.timeNs));
    }
  };

  #onPiece(data: Ring, at: number, length: number): void {
    const conn = readNumber(data, at + layout.piece.conn);
    const timeNs = readNumber(data, at + layout.piece.timeNs);
    this.#readNs = timeNs;
    this.#table.moved(conn, readHalf(data, at + layout.piece.direction), {
      offset: readWord(data, at + layout.piece.offset),
      length: readWord(data, at + layout.piece.len),
      // Whatever it says, what lies behind the record is another's.
      cap: Math.min(readWord(data, at + layout.piece.cap), Math.max(0, length - layout.piece.size)),
      bytes: data.bytes,
      from: at + layout.piece.size,
      framed: readFramed(data, at),
      gap: readGap(data, at),
      other: readWord(data, at + layout.piece.other),
      timeNs,
      who: this.#processes.find(data, at),
    });
  }

  #tellCloses(): void {
    const read = this.#probe.data.consumed();
    const isDue = ({ record, after }: WaitingClose): boolean =>
      after <= read || record.timeNs <= this.#readNs - LATER_NS;
    for (let { first } = this.#closes; first !== undefined && isDue(first); { first } = this.#closes) {
      this.#closes.shift();
      this.#table.closed(first.record);
    }
  }
}
