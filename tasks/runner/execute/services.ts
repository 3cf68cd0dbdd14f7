import type { TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';
import { borrow, type Loan } from '../service/borrowed.ts';
import type { Service } from '../service/service.ts';
import type { Session } from '../session.ts';
import type { Claims } from './claims.ts';
import type { Order } from './order.ts';
import type { Round } from './round.ts';
import type { Up } from './up.ts';

/** The services of a run from the moment when they are ready, whoever has started them. */
export type Services = {
  /** Uses a service that another run keeps up: it is neither started nor stopped here. */
  readonly borrow: (task: PlannedTask, loan: Loan) => void;
  /** For the tasks that need it, a service that is ready is done; its own end comes later. */
  readonly keepUp: (service: Service, startedMs: number) => void;
  /** In a watch: ends the one that is to be started again. */
  readonly endPredecessor: (task: PlannedTask) => Promise<void>;
};

type Options = {
  readonly session: Pick<Session, 'emit' | 'host'>;
  readonly round: Round | undefined;
  readonly tasks: readonly PlannedTask[];
  readonly order: Order;
  readonly claims: Claims;
  readonly up: Up;
  readonly onEnd: (task: PlannedTask, end: TaskEnd, tookMs: number) => void;
  /** Of one that an earlier run of a watch has started, and that told its end itself. */
  readonly onStandingFailed: (task: PlannedTask, end: Extract<TaskEnd, { readonly state: 'failed' }>) => void;
  readonly goOn: () => void;
  readonly crash: (error: unknown) => void;
};

/** Makes it; services that go on from an earlier run of a watch are there already. */
export function makeServices({ session, round, tasks, order, claims, up, ...then }: Options): Services {
  const { host, emit } = session;
  const tookMs = (startedMs: number): number => Math.round(host.clockMs() - startedMs);

  const keepUp: Services['keepUp'] = (service, startedMs) => {
    const { task } = service;
    up.add(service);
    round?.standing.add(service);
    if (service.lentBy === undefined) announce(task, startedMs);
    else order.end(task, { state: 'skipped', reason: `the run with pid ${service.lentBy.pid} runs it` });
    service.ended
      .then((end) => {
        up.remove(task);
        if (round?.standing.isReplaced(service) === true) return;
        round?.standing.remove(service);
        claims.giveBack(task, false);
        order.amend(task, end);
        then.onEnd(task, end, tookMs(startedMs));
        if (end.state === 'failed') up.endUsersOf(task);
        then.goOn();
        round?.standing.tellEnd(service, end);
      })
      .catch(then.crash);
  };

  /** One of ours is ready; if it goes on, or is of a watch, all other runs may use it. */
  function announce(task: PlannedTask, startedMs: number): void {
    claims.lend(task, round !== undefined || up.goesOn(task));
    order.end(task, { state: 'done' });
    emit({ type: 'service-ready', task: task.name, tookMs: tookMs(startedMs) });
  }

  /** One of an earlier run that ends by itself ends those that need it. */
  function hearEnd(task: PlannedTask, end: TaskEnd): void {
    up.remove(task);
    // One whose turn is still to come is started again then, and so nobody who needs it runs.
    if (end.state !== 'failed' || order.isWaiting(task)) return;
    order.amend(task, end);
    then.onStandingFailed(task, end);
    up.endUsersOf(task);
    then.goOn();
  }

  const followers = new Map<string, (end: TaskEnd) => void>();
  for (const task of tasks) {
    const service = round?.standing.find(task.name);
    if (service === undefined) continue;
    up.add({ ...service, task });
    followers.set(
      task.name,
      (end) =>
        void Promise.resolve(end)
          .then((how) => hearEnd(task, how))
          .catch(then.crash),
    );
  }
  round?.standing.follow(followers);
  return {
    borrow: (task, loan) => {
      emit({ type: 'notice-given', text: `\`${task.name}\` is the service of the run with pid ${loan.by.pid}` });
      order.take(task);
      keepUp(borrow(task, loan), host.clockMs());
    },
    keepUp,
    endPredecessor: async (task) => {
      const { name } = task;
      if (round?.standing.find(name) === undefined) return;
      claims.takeBack(task);
      emit({ type: 'service-stopped', task: name, reason: 'it is started again' });
      await round.standing.replace(name);
    },
  };
}
