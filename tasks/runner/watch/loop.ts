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
import { type Eyes, openEyes } from './eyes.ts';
import { type Gaze, gazesOf } from './gaze.ts';
import { type Hints, makeHints } from './hints.ts';
import { type Looks, makeLooks } from './look.ts';
import { onlyTheConfig, theirOwn, tooMany } from './notices.ts';
import { type Changes, makeObserver, type Observer } from './observer.ts';
import type { Rounds } from './rounds.ts';
import { makeSources, type Sources, type Understanding } from './sources.ts';

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
  const { caller, args, session } = options;
  const { host, root, emit, cancel } = session;
  const hints = makeHints(host, cancel.signal);
  const sources = makeSources(caller, args);
  using eyes = openEyes({
    host,
    root,
    polls: caller.env.TASKS_WATCH === 'poll',
    onHint: hints.give,
    onLimit: (code) => emit({ type: 'notice-given', text: tooMany(code, host.roomForWatches(code)) }),
  });
  const looks = makeLooks(host, root);
  const observer = makeObserver({ session, sources, eyes, looks });
  const watcher = new Watcher(options, { hints, sources, eyes, looks, observer }, await sources.read());
  await watcher.start();
  while (!cancel.signal.aborted) await watcher.step();
}

type Senses = {
  readonly hints: Hints;
  readonly sources: Sources;
  readonly eyes: Eyes;
  readonly looks: Looks;
  readonly observer: Observer;
};

/** A watch on its way: what it knows of the config and of the files, and what it has said. */
class Watcher {
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
    const { paths, tasks: roots } = this.due.take();
    const tasks = rounds.select(this.now.plan, roots);
    session.emit({ type: 'watch-changed', paths: [...paths], tasks: tasks.map(({ name }) => name) });
    this.hasSaidWaiting = false;
    if (tasks.length > 0) await this.run(tasks, roots, false);
  }

  private async run(tasks: Plan['tasks'], roots: ReadonlySet<string>, isFirst: boolean): Promise<void> {
    const { rounds, session } = this.options;
    this.chain.begin();
    await rounds.run({ ...this.now, tasks, roots, gazes: this.gazes, looks: this.senses.looks, isFirst });
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
