/** What could not be told, by kind: counted in the kernel and in user space, told when it has grown. */
import type { Loss } from './sinks/sink.ts';

/** The names under which losses are shown; the kernel's are those of `enum hp_loss`. */
export const NAMES: Readonly<Record<string, string>> = {
  lostRingFull: 'records, because the ring was full',
  lostControlFull: 'ends of connections, because the control ring was full',
  lostConnectionRefused:
    'connections, because their table was full (PROFILER_PORTS and PROFILER_CGROUPS leave others out)',
  lostUnreadable: 'pieces, because their memory could not be read',
  lostSegments: 'pieces, because they had too many segments',
  lostCgroupRefused: 'lookups of containers, because their table was full',
  lostUnseen: 'calls of io_uring, because their bytes could not be found',
  lostInterrupted: 'calls, because the probe was looking at another one, or their connection ended meanwhile',
  lostShed: 'requests, with their responses, because the profiler was behind',
  lostRecursion: 'events, because the probe was running already on their processor',
  exchangesLost: 'exchanges, because bytes of their connections were missing or not understood',
  exchangesDropped: 'exchanges, because too many were under way',
  paused: 'exchanges, because capture was paused while they were under way',
  stopped: 'exchanges, because the profiler was stopped while they were under way',
};

/** Lines of all traces together: each trace tells its own, as soon as there is room for that. */
export const UNWRITTEN = 'unwritten';
/** No loss: calls that a kprobe has missed, and the tracepoint behind it has told. */
export const CAUGHT = 'caught';

export class Losses {
  readonly #counts = new Map<string, number>();
  readonly #told = new Map<string, number>();
  readonly #sinceUs: number;

  /** `sinceUs`: when counting began. */
  constructor(sinceUs: number) {
    this.#sinceUs = sinceUs;
  }

  add(kind: string, count: number): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  /** Counts that somebody else keeps, as they stand now. */
  replace(counts: Readonly<Record<string, number>>): void {
    for (const [kind, count] of Object.entries(counts)) this.#counts.set(kind, count);
  }

  /** Those that have grown since they were told last, with their whole count. */
  takeNew(): readonly Loss[] {
    const grown = [...this.#counts].filter(
      ([kind, count]) => kind !== UNWRITTEN && kind !== CAUGHT && count > (this.#told.get(kind) ?? 0),
    );
    return grown.map(([kind, count]) => {
      this.#told.set(kind, count);
      return { what: NAMES[kind] ?? kind, count, sinceUs: this.#sinceUs };
    });
  }

  of(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** Every kind that has been counted, in short names. */
  counters(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].filter(([, count]) => count > 0));
  }
}
