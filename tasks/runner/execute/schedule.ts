import type { Failure, TaskEnd } from '../events.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import type { Cancellation } from '../process/table.ts';
import type { Session } from '../session.ts';
import { runTask } from './task.ts';

const failFastGraceMs = 5_000;

/** Runs all tasks, each once, as parallel as needs and limit allow. Gives the failure that came first. */
export async function runTasks(session: Session, plan: Plan): Promise<Failure | undefined> {
  const run = new Run(session, plan);
  await run.toTheEnd();
  return run.firstFailure;
}

/** The tasks of a plan on their way from waiting to ended. */
class Run {
  firstFailure: Failure | undefined;
  private readonly session: Session;
  private readonly plan: Plan;
  private readonly waiting: Set<PlannedTask>;
  private readonly running = new Map<PlannedTask, Promise<void>>();
  private readonly ends = new Map<string, TaskEnd>();
  private nameOfFirstFailed = '';

  constructor(session: Session, plan: Plan) {
    this.session = session;
    this.plan = plan;
    this.waiting = new Set(plan.tasks);
  }

  async toTheEnd(): Promise<void> {
    this.startWhatCan();
    while (this.running.size > 0) {
      await Promise.race(this.running.values());
      this.startWhatCan();
    }
  }

  /** Starts tasks until none can; what ends without running may make others ready, so it begins anew. */
  private startWhatCan(): void {
    let hasChanged = true;
    while (hasChanged) {
      hasChanged = false;
      for (const task of this.waiting) {
        const next = this.decide(task);
        if (next === 'wait') continue;
        this.waiting.delete(task);
        hasChanged = true;
        if (next === 'start') this.start(task);
        else this.end(task, next, 0);
      }
    }
  }

  private decide(task: PlannedTask): 'wait' | 'start' | TaskEnd {
    if (this.session.cancel.signal.aborted) return { state: 'not-started', reason: this.whyCancelled() };
    const isOver = this.firstFailure !== undefined && this.plan.onFailure !== 'keep-going';
    if (isOver) return { state: 'not-started', reason: `\`${this.nameOfFirstFailed}\` failed` };
    const unmet = task.needs.find((name) => !this.succeeded(name) && this.ends.has(name));
    if (unmet !== undefined) return { state: 'not-started', reason: `it needs \`${unmet}\`` };
    const mustWait = [...task.needs, ...task.after].some((name) => !this.ends.has(name));
    if (mustWait) return 'wait';
    if (task.skip !== undefined) return { state: 'skipped', reason: task.skip };
    return this.hasRoomFor(task) ? 'start' : 'wait';
  }

  private whyCancelled(): string {
    return this.session.state.interruptedBy === undefined ? `\`${this.nameOfFirstFailed}\` failed` : 'interrupted';
  }

  private succeeded(name: string): boolean {
    const state = this.ends.get(name)?.state;
    return state === 'done' || state === 'skipped';
  }

  /** An interactive task has the terminal, and so the run, to itself. */
  private hasRoomFor(task: PlannedTask): boolean {
    const runsAlone = task.interactive || [...this.running.keys()].some((other) => other.interactive);
    return this.running.size < (runsAlone ? 1 : this.plan.jobs);
  }

  private start(task: PlannedTask): void {
    const { session } = this;
    const startedMs = session.host.clockMs();
    const where = task.place.kind === 'container' ? `in ${task.place.image}` : 'on this machine';
    session.emit({ type: 'task-started', task: task.name, where });
    session.state.terminalIsLent = task.interactive && session.host.stdinIsTerminal;
    const promise = runTask(session, task, this.plan.onHost).then((end) => {
      session.state.terminalIsLent = false;
      this.running.delete(task);
      this.end(task, end, Math.round(session.host.clockMs() - startedMs));
    });
    this.running.set(task, promise);
  }

  private end(task: PlannedTask, end: TaskEnd, tookMs: number): void {
    this.ends.set(task.name, end);
    this.session.emit({ type: 'task-finished', task: task.name, tookMs, end });
    if (end.state !== 'failed') return;
    if (this.firstFailure === undefined) {
      this.firstFailure = end.failure;
      this.nameOfFirstFailed = task.name;
    }
    if (this.plan.onFailure === 'fail-fast') this.session.cancel.abort(afterFailure);
  }
}

const afterFailure: Cancellation = {
  because: 'another-failed',
  signal: 'SIGTERM',
  isDelivered: false,
  graceMs: failFastGraceMs,
};
