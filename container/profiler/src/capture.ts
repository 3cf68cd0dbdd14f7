/** Capturing: the probe's rings are emptied on a timer, exchanges go to the sinks, and the state is told. */
import type { Clock } from './clock.ts';
import { Drain } from './drain.ts';
import type { Exchange } from './exchange.ts';
import type { LossKind } from './followed.ts';
import { Losses, UNWRITTEN } from './losses.ts';
import type { NamesLook } from './names.ts';
import type { Probe } from './probe.ts';
import { isSampled } from './sample.ts';
import { createRedactor } from './secrets.ts';
import type { Settings } from './settings.ts';
import { Shortage } from './shortage.ts';
import type { Header, Sink } from './sinks/sink.ts';
import type { Status } from './status.ts';

export type CaptureOptions = {
  readonly settings: Settings;
  readonly probe: Probe;
  readonly sinks: readonly Sink[];
  readonly clock: Clock;
  readonly header: Header;
  readonly writeStatus: (status: Status) => void;
  /** Looks at the list of containers. */
  readonly readNames: () => NamesLook;
  /** Tells whoever runs the profiler what it does without. */
  readonly note: (sentence: string) => void;
  /** Keeps kernel addresses out of what is written. */
  readonly salt: string;
};

export class Capture {
  readonly #options: CaptureOptions;
  readonly #drain: Drain;
  readonly #losses: Losses;
  readonly #redact: (target: string) => string;
  readonly #shortage = new Shortage();
  #exchanges = 0;
  #isPaused = false;
  #isStopped = false;
  /** Why containers have no names, if they could. */
  #unnamed: string | undefined;

  constructor(options: CaptureOptions) {
    const { settings, probe, salt, header } = options;
    this.#options = options;
    this.#losses = new Losses(header.startedUs);
    this.#redact = createRedactor(settings.redact);
    const lost = (count: number, kind: LossKind): void => this.#losses.add(kind, count);
    this.#drain = new Drain(probe, settings, { exchange: (exchange) => this.#tell(exchange), lost }, salt);
  }

  start(): void {
    this.#options.probe.attach();
    for (const sink of this.#options.sinks) sink.header(this.#options.header);
    this.tidy();
    this.refresh();
  }

  /** Empties the rings; called every few milliseconds. */
  tick(): void {
    this.#follow();
    this.#drain.drain();
    for (const sink of this.#options.sinks) this.#losses.add(UNWRITTEN, sink.flush());
  }

  /** Takes in new names and gives up on what is late; called a few times a second. */
  tidy(): void {
    this.#lookAtNames();
    this.#drain.giveUp(this.#options.clock.nowNs());
  }

  /** Looks at the clock, at losses and for what is gone, and tells the state; called every second. */
  refresh(): void {
    const { clock, probe, sinks } = this.#options;
    clock.adjust();
    this.#drain.endGone(clock.nowNs());
    this.#losses.replace(probe.losses());
    for (const loss of this.#losses.takeNew()) for (const sink of sinks) sink.loss(loss);
    this.#note(this.#shortage.look(this.#losses.of(UNWRITTEN)));
    this.#tellStatus();
  }

  /** Forgets connections that ended without word; called now and then. */
  sweep(): void {
    this.#drain.sweep(this.#options.clock.nowNs());
    this.#note(this.#shortage.sweep(this.#losses.of(UNWRITTEN), this.#exchanges));
  }

  /** Detaches the probe, so that nothing costs anything, or attaches it again; says which. */
  togglePause(): 'paused' | 'resumed' {
    if (this.#isPaused) this.#options.probe.attach();
    else this.#detach('paused');
    this.#isPaused = !this.#isPaused;
    this.refresh();
    return this.#isPaused ? 'paused' : 'resumed';
  }

  /** Detaches, counts what is under way and writes what is left. */
  stop(): void {
    if (!this.#isPaused) this.#detach('stopped');
    this.#isPaused = true;
    this.#isStopped = true;
    this.refresh();
    this.tick();
  }

  /** What is under way is not told any more, and counted. */
  #detach(why: 'paused' | 'stopped'): void {
    this.#options.probe.detach();
    this.tick();
    this.#losses.add(why, this.#drain.clear());
  }

  #tell(exchange: Exchange): void {
    const { settings, sinks, clock } = this.#options;
    if (!exchange.process.isWanted || !isSampled(exchange.link, settings.sample)) return;
    this.#exchanges++;
    const told = {
      exchange,
      timeUs: clock.wallUs(exchange.requestFirstNs),
      target: this.#redact(exchange.target),
    };
    for (const sink of sinks) sink.exchange(told);
  }

  #follow(): void {
    this.#note(this.#options.probe.follow());
  }

  #note(said: string | undefined): void {
    if (said !== undefined) this.#options.note(said);
  }

  #lookAtNames(): void {
    const look = this.#options.readNames();
    const unnamed = look.state === 'unreadable' ? look.why : undefined;
    if (unnamed !== undefined && unnamed !== this.#unnamed) this.#options.note(unnamed);
    this.#unnamed = unnamed;
    if (look.state === 'changed') this.#drain.renamed(look.names);
  }

  #tellStatus(): void {
    const { header, writeStatus } = this.#options;
    const why = this.#isStopped ? 'the profiler was stopped' : header.why;
    writeStatus({
      state: this.#isPaused ? 'paused' : 'attached',
      tier: header.tier,
      hooks: header.hooks,
      kernel: header.kernel,
      why: this.#unnamed === undefined ? why : `${why}; ${this.#unnamed}`,
      counters: { exchanges: this.#exchanges, ...this.#drain.counters(), ...this.#losses.counters() },
    });
  }
}
