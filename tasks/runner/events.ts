import type { Reason } from './errors.ts';
import type { CheckOutcome, Fix, Platform } from './script.ts';

/** A command that a check ran, as evidence. */
export type Evidence = {
  readonly command: string;
  readonly code: number | null;
  readonly tookMs: number;
  readonly excerpt: string;
};

/** A check with what it found. */
export type CheckReport = {
  readonly id: string;
  readonly name: string;
  readonly question: string;
  readonly group: string;
  readonly outcome: CheckOutcome;
  /** The id of the failed check because of which this one was skipped. */
  readonly because?: string;
  readonly summary: string;
  readonly cause?: string | undefined;
  readonly fixes: readonly Fix[];
  readonly docs?: string | undefined;
  readonly evidence: readonly Evidence[];
  readonly tookMs: number;
};

/** A line of a failed task's output that is a known failure. */
export type KnownFailure = {
  readonly line: string;
  readonly check?: string | undefined;
  readonly cause: string;
  readonly remedy: string;
};

/** How a task failed. */
export type Failure = {
  readonly message: string;
  /** The command that failed, where it was one. */
  readonly command?: string;
  readonly exit: number;
  /** Whether the task itself failed, or the machine was not ready for it. */
  readonly reason: 'task' | 'machine';
  readonly remedy?: string | undefined;
  readonly lastLines: readonly string[];
  readonly known: readonly KnownFailure[];
  /** The required checks that did not pass. */
  readonly checks: readonly CheckReport[];
};

/** Done, perhaps by restoring what an earlier run wrote; skipped with its reason; failed; stopped by an interrupt or a failure elsewhere; not started because of another. */
export type TaskEnd =
  | { readonly state: 'done'; readonly from?: 'cache' | 'remote cache' }
  | { readonly state: 'skipped'; readonly reason: string }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'cancelled'; readonly reason: string }
  | { readonly state: 'not-started'; readonly reason: string };

/** The run that holds something, and for which of its tasks. */
export type Holder = { readonly pid: number; readonly host: string; readonly task: string };

/** Everything that can happen in a run. */
export type Event =
  | {
      readonly type: 'run-started';
      readonly tasks: readonly {
        readonly name: string;
        readonly about?: string | undefined;
        readonly needs: readonly string[];
      }[];
      readonly platform: Platform;
    }
  | { readonly type: 'notice-given'; readonly text: string }
  | { readonly type: 'check-finished'; readonly report: CheckReport }
  | {
      readonly type: 'fix-started';
      readonly check: string;
      readonly summary: string;
      readonly about: string;
      readonly command: string;
    }
  | { readonly type: 'task-started'; readonly task: string; readonly where: string }
  /** Why a task that declares inputs is not up to date. */
  | { readonly type: 'task-explained'; readonly task: string; readonly because: readonly string[] }
  | { readonly type: 'command-started'; readonly task: string; readonly command: string }
  | {
      readonly type: 'task-output';
      readonly task: string;
      readonly stream: 'stdout' | 'stderr';
      readonly line: string;
      /** A long line comes in pieces: this one is followed by more of it. */
      readonly goesOn?: true;
    }
  | {
      /** It failed, and is tried once more after a pause. */
      readonly type: 'task-retried';
      readonly task: string;
      readonly message: string;
      readonly nextTry: number;
      readonly tries: number;
      readonly pauseMs: number;
    }
  | {
      /** Another run of this checkout holds what the task needs for itself. */
      readonly type: 'task-waiting';
      readonly task: string;
      readonly holder: Holder;
      readonly lock: string;
      /** What is to be done where that run does not end by itself. */
      readonly hint?: string | undefined;
    }
  | { readonly type: 'service-ready'; readonly task: string; readonly tookMs: number }
  /** In a watch: a service that the next one replaces. */
  | { readonly type: 'service-stopped'; readonly task: string; readonly reason: string }
  | { readonly type: 'task-finished'; readonly task: string; readonly tookMs: number; readonly end: TaskEnd }
  | {
      readonly type: 'interrupted';
      readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';
      readonly isTheFirst: boolean;
    }
  /** In a watch: what has changed, and the tasks that may run because of it. */
  | { readonly type: 'watch-changed'; readonly paths: readonly string[]; readonly tasks: readonly string[] }
  /** In a watch: the config as it is now cannot be used; the text says why. */
  | { readonly type: 'config-refused'; readonly text: string }
  /** In a watch: nothing runs but services, and the next change is waited for; until then, where what has changed is held up. */
  | { readonly type: 'watch-waiting'; readonly polling: boolean; readonly withinMs?: number | undefined }
  | { readonly type: 'run-finished'; readonly exit: number; readonly reason: Reason; readonly tookMs: number };

/** A task as `--dry-run --output=json` tells it. Nothing happens then, so it is no event. */
export type PlannedLine = {
  readonly type: 'task-planned';
  readonly task: string;
  readonly about?: string | undefined;
  readonly needs: readonly string[];
  readonly requires: readonly string[];
  readonly state: 'would-run' | 'up-to-date' | 'skipped';
  /** Why it is skipped or would run; of one that is up to date, what could still make it run. */
  readonly because: readonly string[];
  /** The image; without, it runs on this machine. */
  readonly container?: string | undefined;
  /** For /bin/sh, one after another; of a service, its one. */
  readonly commands: readonly string[];
  readonly script?: string | undefined;
  readonly finally: readonly string[];
  /** The question that would be asked. */
  readonly confirm?: string | undefined;
};

/** Where an event has words of ours, or names of tasks, by which its readers go. */
const ownKeys = 'type state stream outcome from signal task tasks name needs'.split(' ');
const reasons: Readonly<Record<Reason, true>> = {
  ok: true,
  task: true,
  usage: true,
  config: true,
  machine: true,
  bug: true,
  interrupted: true,
};

/** Whether a text is such a word: it stays even where a secret is the same, such as the password `test`. */
export function isOwnWord(key: string, text: string): boolean {
  return ownKeys.includes(key) || (key === 'reason' && Object.hasOwn(reasons, text));
}

/** An event with its time, in ms since the run was opened. */
export type Stamped = Event & { readonly atMs: number };

/** What stands alone where a run did not begin: after an error, and behind a `--dry-run`. */
type NotBegun = {
  readonly type: 'run-finished';
  readonly exit: number;
  readonly reason: Reason;
  readonly tookMs?: undefined;
  readonly atMs?: undefined;
};

/** A line of `--output=json`. */
export type Line = Stamped | PlannedLine | NotBegun;

/** The event of one type. */
export type EventOf<Type extends Event['type']> = Extract<Stamped, { readonly type: Type }>;

/** One function per event type: leaving one out is a type error. */
export type Table<Result> = { readonly [Type in Event['type']]: (event: EventOf<Type>) => Result };

/** Hands an event to its function. */
export function dispatch<Result>(table: Table<Result>, event: Stamped): Result {
  const handle = table[event.type] as (event: Stamped) => Result;
  return handle(event);
}
