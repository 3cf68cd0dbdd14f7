import { relative } from 'node:path';
import type { Args } from '../args.ts';
import { renderProblems } from '../diagnostic.ts';
import { UserError } from '../errors.ts';
import type { Host } from '../host.ts';
import { makePaint } from '../paint.ts';
import { askedTasks } from '../plan/asked.ts';
import { bindRequests } from '../plan/bind.ts';
import type { Plan } from '../plan.ts';
import type { Session } from '../session.ts';
import { pathsOf, whenAllHaveCome } from './bulk.ts';
import { type Moment, makeChain } from './chain.ts';
import { definitionsOf } from './definitions.ts';
import { type Due, makeDue } from './due.ts';
import { type Gaze, gazesOf, withMakers } from './gaze.ts';
import { onlyTheConfig, theirOwn } from './notices.ts';
import type { Changes } from './observer.ts';
import { makeRestarts, type Restarts } from './restarts.ts';
import type { Rounds } from './rounds.ts';
import { openSenses, type Senses } from './senses.ts';
import type { Understanding } from './sources.ts';

type Options = {
  /** With the environment as it was typed. */
  readonly caller: Host;
  readonly args: Args;
  readonly session: Session;
  readonly rounds: Rounds;
};

/** What changes so soon after a run may have been written by a service that the run has used. */
const settlingMs = 2_000;

/** Runs all that is planned, and then what each change affects. Comes back when the watch is interrupted. */
export async function untilInterrupted(options: Options): Promise<void> {
  let watcher: Watcher | undefined;
  using senses = openSenses(options, () => watcher?.restarts.look());
  watcher = new Watcher(options, senses, await senses.sources.read());
  await watcher.start();
  while (!options.session.cancel.signal.aborted) await watcher.step();
}

/** A watch on its way: what it knows of the config and of the files, and what it has said. */
class Watcher {
  readonly restarts: Restarts;
  private readonly options: Options;
  private readonly senses: Senses;
  private readonly chain = makeChain();
  private now: Understanding;
  private gazes: readonly Gaze[];
  private readonly due: Due;
  private isRefused = false;
  private hasSaidWaiting = false;
  private runEndedMs = 0;
  /** The last run has just ended: what has changed since its start was found by no hint. */
  private isAfterRun = true;

  constructor(options: Options, senses: Senses, now: Understanding) {
    this.options = options;
    this.senses = senses;
    this.now = now;
    this.due = makeDue(options.session.host);
    this.gazes = this.gazesNow();
    this.restarts = makeRestarts({
      ...options,
      ...senses,
      chain: this.chain,
      now: () => ({ tasks: this.now.plan.tasks, gazes: this.gazes }),
    });
  }

  async start(): Promise<void> {
    if (this.gazes.length === 0) this.tell(onlyTheConfig);
    await this.observe();
    await this.run(this.now.plan.tasks, new Set(), true);
  }

  /** Looks once; runs what is due, or waits for the next hint. */
  async step(): Promise<void> {
    await this.look();
    const inMs = this.isRefused ? undefined : this.due.inMs();
    if (inMs === 0) await this.react();
    else await this.wait(inMs);
  }

  /** Adds what has changed to what is due. */
  private async look(): Promise<void> {
    const { sources, looks } = this.senses;
    const changedSources = await sources.changed();
    const redefined = changedSources.length > 0 ? await this.reread() : [];
    if (this.isRefused) return;
    const changes = await this.observe();
    const paths = [...changedSources.map((path) => relative(this.options.session.root, path)), ...pathsOf(changes)];
    if (paths.length === 0) return;
    const isOfTheirs = this.gazes.some(({ task, isWhole }) => !isWhole && changes.has(task));
    const kind = changedSources.length > 0 ? 'config' : isOfTheirs ? 'declared' : 'undeclared';
    const change = { paths, comeOrGone: looks.comeOrGone(), kind, moment: this.moment(changes) } as const;
    const { pauseMs, isNews } = this.chain.judge(change);
    looks.accept(changes.keys());
    if (isNews) this.tell(theirOwn[kind](paths));
    this.due.add({ paths, tasks: [...changes.keys(), ...redefined] }, pauseMs);
  }

  /** Runs what is affected by what is due, and by what has changed until now. */
  private async react(): Promise<void> {
    const { rounds, session } = this.options;
    const changes = await whenAllHaveCome({
      look: () => this.observe(),
      settle: this.senses.hints.settle,
      isOver: () => session.cancel.signal.aborted,
      clockMs: session.host.clockMs,
    });
    if (session.cancel.signal.aborted) return;
    this.senses.looks.accept(changes.keys());
    this.due.add({ paths: pathsOf(changes), tasks: changes.keys() }, 0);
    const { paths, roots } = withMakers(this.now.plan, this.due.take());
    const tasks = rounds.select(this.now.plan, roots);
    session.emit({ type: 'watch-changed', paths: [...paths], tasks: tasks.map(({ name }) => name) });
    this.hasSaidWaiting = false;
    if (tasks.length > 0) await this.run(tasks, roots, false);
  }

  private async run(tasks: Plan['tasks'], roots: ReadonlySet<string>, isFirst: boolean): Promise<void> {
    const { rounds, session } = this.options;
    this.chain.begin();
    const { looks } = this.senses;
    const { look: onStarting, during } = this.restarts;
    await during(() => rounds.run({ ...this.now, tasks, roots, gazes: this.gazes, looks, isFirst, onStarting }));
    this.runEndedMs = session.host.clockMs();
    this.isAfterRun = true;
    this.hasSaidWaiting = false;
  }

  /** Reads the config again. Gives the tasks that are others now; of one that cannot be used, says why. */
  private async reread(): Promise<readonly string[]> {
    const { session, rounds } = this.options;
    const before = definitionsOf(session.host, this.now);
    this.hasSaidWaiting = false;
    try {
      this.now = await this.senses.sources.read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.isRefused = true;
      const text = renderProblems(error.problems, makePaint(session.host.stdoutHasColour, session.host.marks));
      session.emit({ type: 'config-refused', text });
      return [];
    }
    this.isRefused = false;
    this.gazes = this.gazesNow();
    this.senses.looks.keep(this.gazes);
    const after = definitionsOf(session.host, this.now);
    await rounds.stopServices((name) => !after.has(name));
    return [...after].flatMap(([name, definition]) => (before.get(name) === definition ? [] : [name]));
  }

  private gazesNow(): readonly Gaze[] {
    const { project, plan } = this.now;
    const words = bindRequests(project.config, this.options.args).map(({ task }) => task.name);
    return gazesOf(plan, askedTasks(plan.tasks, words), this.options.rounds.hasFailed);
  }

  private observe(): Promise<Changes> {
    return this.senses.observer.observe(this.gazes);
  }

  private async wait(withinMs: number | undefined): Promise<void> {
    this.isAfterRun = false;
    if (this.senses.observer.turnEyes()) return;
    const polling = this.senses.eyes.isPolling();
    if (!this.hasSaidWaiting) this.options.session.emit({ type: 'watch-waiting', polling, withinMs });
    this.hasSaidWaiting = true;
    await this.senses.hints.next(withinMs);
  }

  private moment(changes: Changes): Moment {
    const { rounds, session } = this.options;
    if (this.isAfterRun) return 'in-a-run';
    const isSoon = session.host.clockMs() - this.runEndedMs < settlingMs;
    const isStart = this.now.plan.tasks.some(({ name, work }) => work.kind === 'service' && changes.has(name));
    if (!isSoon || !rounds.servicesAreUp()) return 'at-rest';
    return isStart ? 'after-a-start' : 'beside-services';
  }

  private tell(text: string): void {
    this.hasSaidWaiting = false;
    this.options.session.emit({ type: 'notice-given', text });
  }
}
