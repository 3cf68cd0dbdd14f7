// This file is longer than 200 lines because the state of a run has one owner.
import type { Failure, TaskEnd } from '../events.ts';
import { whyIdle } from '../plan/deferred.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import { onAbort } from '../process/on-abort.ts';
import { goesOn } from '../service/borrowed.ts';
import type { Service } from '../service/service.ts';
import type { Session } from '../session.ts';
import { startedBy } from './around.ts';
import { type Claims, makeClaims, type Taken } from './claims.ts';
import { type Demand, makeDemand } from './demand.ts';
import { type Failures, makeFailures } from './failures.ts';
import { type HeldUp, makeHeldUp } from './held-up.ts';
import { makeOrder, type Order } from './order.ts';
import { refusedBySystem, stopped } from './outcome.ts';
import { makeRoom, type Room } from './room.ts';
import type { Round } from './round.ts';
import { makeServices, type Services } from './services.ts';
import { type NeedsServices, runTask } from './task.ts';
import { makeUp, type Up } from './up.ts';

/** Runs all tasks, each once, as parallel as needs and limits allow. Gives the failure that came first. */
export async function runTasks(session: Session, plan: Plan, round?: Round): Promise<Failure | undefined> {
  const run = new Run(session, plan, round);
  await run.toTheEnd();
  return run.failures.first();
}

/** The tasks of a plan on their way from waiting to ended. */
class Run {
  readonly failures: Failures;
  private readonly session: Session;
  private readonly plan: Plan;
  private readonly round: Round | undefined;
  private readonly order: Order;
  private readonly room: Room;
  private readonly claims: Claims;
  private readonly up: Up;
  private readonly demand: Demand;
  private readonly running = new Set<PlannedTask>();
  private readonly heldUp: HeldUp;
  private readonly services: Services;
  /** Why tasks run, of which only their first look can tell. */
  private readonly because = new Map<PlannedTask, readonly string[]>();
  private looksAhead = false;
  private hasNewCandidates = false;
  private finish: () => void = () => undefined;
  private crash: (error: unknown) => void = () => undefined;
  private readonly isToCome = (task: PlannedTask): boolean => this.running.has(task) || this.order.isWaiting(task);

  constructor(session: Session, plan: Plan, round: Round | undefined) {
    this.session = session;
    this.plan = plan;
    this.round = round;
    this.failures = makeFailures(session, plan);
    this.room = makeRoom(plan.jobs);
    this.claims = makeClaims(session, plan, round?.held);
    this.up = makeUp(plan.tasks, round?.planned);
    this.demand = makeDemand(plan, this.up.users, (name) => round?.standing.find(name) !== undefined);
    this.order = makeOrder(plan.tasks, this.demand.looked);
    round?.begin(this.isToCome);
    for (const [task, services] of this.up.servicesOf) session.servicesOf.set(task, services);
    this.heldUp = makeHeldUp(session, () => this.goOn());
    this.services = makeServices({
      session,
      round,
      tasks: round?.planned ?? plan.tasks,
      order: this.order,
      claims: this.claims,
      up: this.up,
      onEnd: (task, end, tookMs) => this.tell(task, end, tookMs),
      onStandingFailed: (task, end) => this.failures.add(task, end.failure),
      goOn: () => this.goOn(),
      crash: (error) => this.crash(error),
    });
  }

  async toTheEnd(): Promise<void> {
    const stopHearing = onAbort(this.session.cancel.signal, () => this.goOn());
    try {
      await new Promise<void>((resolve, reject) => {
        this.finish = resolve;
        this.crash = reject;
        this.goOn();
      });
    } finally {
      stopHearing();
      this.heldUp.close();
      this.claims.giveBackAll((task) => this.round?.standing.find(task) !== undefined);
    }
  }

  /** Starts what can start, ends what no longer can, and finishes when nothing is left. */
  private goOn(): void {
    try {
      while (this.startOrEndSome());
      const reason = this.failures.whyOver();
      const isOver = reason !== undefined;
      if (isOver) for (const task of this.order.takeAll()) this.end(task, { state: 'not-started', reason }, 0);
      if (isOver) this.heldUp.clear();
      const servicesStay = this.round !== undefined;
      if (!servicesStay) this.up.stopUnneeded(this.isToCome, isOver);
      if (this.running.size === 0 && this.heldUp.isEmpty() && (servicesStay || this.up.isEmpty())) this.finish();
    } catch (error) {
      this.crash(error);
    }
  }

  /** One look at all candidates; true when there may be new ones, as when something ended at once. */
  private startOrEndSome(): boolean {
    this.hasNewCandidates = false;
    const candidates = [...this.order.candidates()];
    const unmetBy = (task: PlannedTask): string | undefined => this.order.unmetNeed(task) ?? this.up.lostBy(task);
    for (const task of candidates) {
      if (this.failures.whyOver() !== undefined) return false;
      const unmet = unmetBy(task);
      if (unmet !== undefined) this.endAtOnce(task, { state: 'not-started', reason: `it needs \`${unmet}\`` });
      else if (task.skip !== undefined) this.endAtOnce(task, { state: 'skipped', reason: task.skip });
      else if (this.demand.isOver(task, this.isToCome)) this.leaveOut(task);
      // Without those that end now, nothing may need it.
      else if (
        task.work.kind === 'service' &&
        candidates.some((other) => this.order.isWaiting(other) && unmetBy(other))
      )
        continue;
      else if (!this.demand.isIdle(task) && this.room.hasRoomFor(task)) this.startUnlessHeld(task);
      this.hasNewCandidates ||= this.order.hasEnded(task);
    }
    return this.hasNewCandidates;
  }

  private startUnlessHeld(task: PlannedTask): void {
    const taken = this.take(task);
    if (taken === undefined) return;
    if (taken.state === 'held') return void this.heldUp.add(task, taken);
    // It would not be what it needs is now.
    const isOutdated = taken.state === 'lent' && this.order.someNeedWorked(task);
    const because = 'what it needs has run since its start';
    if (isOutdated && taken.around === undefined)
      return void this.heldUp.add(task, { ...taken, hint: goesOn(because) });
    if (this.heldUp.remove(task)) this.demand.doubt();
    if (isOutdated) this.endAtOnce(task, startedBy(taken.around?.task ?? '', task, { name: task.name, because }));
    else if (taken.state === 'lent') this.services.borrow(task, taken);
    else if (taken.state === 'held-around-us') this.endAtOnce(task, startedBy(taken.outer, task, taken.service));
    else if (taken.doneBy === undefined) this.startUnlessDoubted(task);
    else {
      // It has done nothing that could stand for a third one's.
      this.claims.giveBack(task, false);
      this.endAtOnce(task, { state: 'skipped', reason: `the run with pid ${taken.doneBy.pid} has just done it` });
    }
  }

  private startUnlessDoubted(task: PlannedTask): void {
    const askers = this.demand.takeBack(task);
    if (askers.length === 0) this.start(task);
    // Till then it stays claimed, so that no other run does meanwhile what they need it for.
    for (const asker of askers) this.order.lookAgain(asker);
    this.hasNewCandidates ||= askers.length > 0;
  }

  private leaveOut(service: PlannedTask): void {
    // It may have been claimed with others.
    this.claims.giveBack(service, false);
    this.endAtOnce(service, { state: 'skipped', reason: whyIdle });
  }

  /** Undefined where the system does not let it be claimed, which ends it. */
  private take(task: PlannedTask): Taken | undefined {
    try {
      return this.claims.take(task);
    } catch (error) {
      this.endAtOnce(task, refusedBySystem(error));
      return undefined;
    }
  }

  private start(task: PlannedTask): void {
    const { session } = this;
    const startedMs = session.host.clockMs();
    const where = task.place.kind === 'container' ? `in ${task.place.image}` : 'on this machine';
    this.order.take(task);
    this.running.add(task);
    this.room.enter(task);
    if (task.work.kind === 'service') this.up.start(task);
    const onStart = (): void => {
      session.emit({ type: 'task-started', task: task.name, where });
      if (!this.looksAhead && this.demand.hasIdle()) void this.lookAhead().catch(this.crash);
    };
    this.carryOut(task, onStart)
      .catch((error: unknown) => refusedBySystem(error))
      .then((end) => {
        this.running.delete(task);
        this.room.leave(task);
        if (end.state === 'ready') this.services.keepUp(end, startedMs);
        else if (end.state === 'needs-services') this.askFor(task, end);
        else this.afterwards(task, end, startedMs);
        this.goOn();
      })
      .catch(this.crash);
  }

  private async carryOut(task: PlannedTask, onStart: () => void): Promise<TaskEnd | Service | NeedsServices> {
    const { session, plan } = this;
    const ofServices = this.up.signalFor(task);
    const own = session.cancel.signal;
    const signal = ofServices === undefined ? own : AbortSignal.any([own, ofServices]);
    const options = { session, task, onHost: plan.onHost, signal };
    const { work } = task;
    const leftOut = await this.round?.whyLeftOut(task, this.order.someNeedRan(task));
    if (leftOut !== undefined) return { state: 'skipped', reason: leftOut };
    if (work.kind === 'service') await this.services.endPredecessor(task);
    // That may have taken a while.
    if (signal.aborted) return stopped(signal);
    if (work.kind !== 'service')
      return await runTask({
        ...options,
        force: plan.force,
        mayRun: this.order.mayRun(task),
        because: this.because.get(task),
        onStart,
      });
    onStart();
    const { startService } = await import('../service/service.ts');
    const isNeeded = () => this.round?.isNeeded(task.name) ?? this.up.isNeeded(task, this.isToCome);
    const start = (until: AbortSignal) => startService({ ...options, signal: until, work, isNeeded });
    if (this.round === undefined) return await start(signal);
    return await this.round.whileStarting(task.name, (outdated) => start(AbortSignal.any([signal, outdated])));
  }

  /** While others run: a task that is out of date already will have to run, so that its services may start meanwhile. */
  private async lookAhead(): Promise<void> {
    this.looksAhead = true;
    const { isOutOfDate } = await import('../fresh/assess.ts');
    for (const task of this.demand.looked.keys()) {
      const { tracked } = task;
      // One that is restored needs none.
      if (!this.order.isWaiting(task) || tracked === undefined || tracked.usesCache) continue;
      if (!this.demand.hasIdle()) return;
      // What is wrong is told when its turn comes.
      const toCome = this.plan.tasks.filter(this.isToCome);
      const isStale = await isOutOfDate(this.session, task, toCome).catch(() => false);
      if (!isStale || !this.order.isWaiting(task)) continue;
      this.demand.add(task);
      this.goOn();
    }
  }

  /** Lets start what a task needs that has to run, and the task when that is there. */
  private askFor(task: PlannedTask, { because }: NeedsServices): void {
    if (because !== undefined) this.because.set(task, because);
    this.claims.giveBack(task, false);
    this.order.putBack(task);
    if (this.order.unmetNeed(task) === undefined) this.demand.add(task);
  }

  private afterwards(task: PlannedTask, end: TaskEnd, startedMs: number): void {
    this.up.remove(task);
    const goesOn = this.round?.standing.find(task.name) !== undefined;
    if (!goesOn) this.claims.giveBack(task, end.state === 'done' && task.work.kind !== 'service');
    this.end(task, end, Math.round(this.session.host.clockMs() - startedMs));
  }

  private endAtOnce(task: PlannedTask, end: TaskEnd): void {
    this.order.take(task);
    this.heldUp.remove(task);
    this.end(task, end, 0);
  }

  private end(task: PlannedTask, end: TaskEnd, tookMs: number): void {
    this.order.end(task, end);
    this.tell(task, end, tookMs);
  }

  private tell(task: PlannedTask, end: TaskEnd, tookMs: number): void {
    this.session.emit({ type: 'task-finished', task: task.name, tookMs, end });
    if (end.state === 'failed') this.failures.add(task, end.failure);
  }
}
