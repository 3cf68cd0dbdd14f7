/**
 * What `zx-tasks` shows to a project: the types of a scripted task and of a check, and the values they may return.
 * Scripts and checks import from `'zx-tasks'` and from nowhere else in the runner.
 */
import type { Shell } from './shell-types.ts';

export type { CheckReport, Evidence, Failure, KnownFailure, TaskEnd } from './events.ts';
export { type DefinedTask, defineTask, type RunEvent, type RunResult, type RunTasksOptions, run } from './library.ts';
export type { Shell, ShellOptions, ShellProcess, ShellResult } from './shell-types.ts';

/** A machine, in Node's names: `linux-x64`, `darwin-arm64`. */
export type Platform = {
  readonly os: string;
  readonly arch: string;
  /** True when `TASKS_PLATFORM` says so and the real machine is another. */
  readonly pretended: boolean;
};

/** A container engine that answers, and how to call it from here. */
export type Engine = {
  readonly name: 'podman' | 'docker';
  /** As the engine prints it: `4.3.1`. */
  readonly version: string;
  /** The words before a subcommand: `['podman']`, or `['sudo', '-n', 'env', 'CONTAINERS_CONF=…', 'podman']`. */
  readonly command: readonly string[];
  /** The same prefix for another program that must run with the engine's rights: `elevate(['podman-compose', …])`. */
  readonly elevate: (command: readonly string[]) => readonly string[];
  /** Whether containers run as the kernel's own root; on macOS this is about the machine. */
  readonly rootful: boolean;
  /** `docker` on PATH that is Podman in disguise. */
  readonly disguised: boolean;
  /** What it said of itself when it was found: its answer to `info --format json`. */
  readonly info: Ran;
};

/** What running one command gave; nothing is thrown for a failed one. */
export type Ran = {
  /** The command as a person would type it. */
  readonly command: string;
  /** Null when it did not start, was killed, or timed out. What prints more than 256 MiB is killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
  /** `not-started` is one that is there: it has too many words, or the system is out of processes, files or memory. */
  readonly problem?: 'not-found' | 'not-started' | 'timed-out' | 'killed';
};

export type RunOptions = { readonly timeoutMs?: number; readonly cwd?: string; readonly env?: Record<string, string> };

/** What a config's `params` give, by name. A number that was not given and has no default is undefined; a text is empty. */
export type Params = Readonly<Record<string, string | number | boolean | undefined>>;

/** Says that all members of a type are such values; of an interface too, which is no `Params` by itself. */
export type ParamsOf<Own> = { readonly [Name in keyof Own]: Params[string] | undefined };

/** What a scripted task is given. */
export type Context<Own extends ParamsOf<Own> = Params> = {
  /** zx, bound to the task's folder, to this run's cancellation and to the task's output; quoting is zx's. */
  readonly $: Shell;
  /** The task's name. */
  readonly task: string;
  /** Typed by the config's `params`. */
  readonly params: Own;
  /** The words after the task, where it declares `args`. */
  readonly args: readonly string[];
  /** What followed `--`. */
  readonly rest: readonly string[];
  /** The folder of `tasks.config.yaml`, absolute. */
  readonly root: string;
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The caller's user and group; undefined where the platform has none. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** Aborted by Ctrl-C, a time-out or a failure elsewhere. */
  readonly signal: AbortSignal;
  /** Whether a person sees the output. */
  readonly isTerminal: boolean;
  /** True with `--host`: where the command should run is the host, not a container. */
  readonly onHost: boolean;
  /** The engine that answers; fails the task with exit code 4 and the remedy when none does. Asked once per run. */
  readonly engine: () => Promise<Engine>;
  /** Runs a command to its end and captures it; rejects when the run is cancelled. Its output is not shown. */
  readonly run: (command: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** One line of this task's output. */
  readonly log: (line: string) => void;
  /** A promise for later; rejects when the run is cancelled. */
  readonly sleep: (ms: number) => Promise<void>;
  /** The wall clock, in ms since 1970. */
  readonly now: () => number;
  /** The tasks that other runs of this checkout hold now. As long as there are some, `.tasks/locks` and `.tasks/state` are theirs too. */
  readonly heldByOthers: () => readonly string[];
  /** Called, last first, when the whole run ends failed or interrupted: takes back what this task started. Its `run` is not cancelled. */
  readonly undoOnFailure: (undo: () => Promise<void>) => void;
};

/** A scripted task: `export async function run(context: Context): Promise<Outcome>`. */
export type Outcome = undefined | { readonly skipped: string };
export type ScriptedTask = (context: Context) => Promise<Outcome | undefined>;

/** Ends the task as skipped, with its reason. */
export function skip(reason: string): Outcome {
  return { skipped: reason };
}

/** Ends the task as failed: the sentence, the command that fixes it, and the exit code (1 unless said). */
export class TaskFailure extends Error {
  readonly remedy: string | undefined;
  readonly exitCode: number;
  constructor(message: string, options: { readonly remedy?: string; readonly exitCode?: number } = {}) {
    super(message);
    this.name = 'TaskFailure';
    this.remedy = options.remedy;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** What a check may look at. It reports; it never repairs and never prints. */
export type Probe = {
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly root: string;
  readonly signal: AbortSignal;
  /** Whether a person can answer a question, such as sudo's. */
  readonly isTerminal: boolean;
  /** Runs a command; what it did is added to the result's evidence by the runner. */
  readonly run: (command: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** The same for a command that changes nothing: it runs once, and all checks of a run share its answer. */
  readonly ask: (command: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** The text of a file, or undefined where it cannot be read. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly exists: (path: string) => Promise<boolean>;
  /** Whether the caller may write there. */
  readonly writable: (path: string) => Promise<boolean>;
  /** The first executable of that name on PATH. */
  readonly which: (name: string) => Promise<string | undefined>;
  /** The engine that answers, or undefined. Asked once per run. */
  readonly engine: () => Promise<Engine | undefined>;
  /** Writes files (path → content; executable) into a new folder that the runner removes after the check, and names it. */
  readonly scratch: (files: Readonly<Record<string, string | Uint8Array>>) => Promise<string>;
  /** Free bytes on the disk that holds the path. */
  readonly freeBytes: (path: string) => Promise<number | undefined>;
  /** Whether something listens on 127.0.0.1:port. */
  readonly listens: (port: number) => Promise<boolean>;
  /** Does `version` (the first `1.2[.3]` in the text) lie in the range? Undefined when the text has none. */
  readonly satisfies: (text: string, range: string) => boolean | undefined;
};

/**
 * A way to fix what failed: a command to paste, or a task's name that the runner starts itself. The first is the recommended
 * one. `byHand` says that only a person should run it, so that `--fix` leaves it alone.
 */
export type Fix = { readonly about: string; readonly byHand?: true } & (
  | { readonly command: string }
  | { readonly task: string }
);

export type CheckOutcome = 'pass' | 'warn' | 'fail' | 'skip' | 'could-not-check';

/** What a check found. */
export type CheckResult = {
  readonly outcome: CheckOutcome;
  /** One line: what is there (`podman 4.3.1`), or what is wrong. */
  readonly summary: string;
  /** Why, in one sentence; for warn, fail and could-not-check. */
  readonly cause?: string;
  readonly fixes?: readonly Fix[];
};

/** A check: data plus one function. `needs` are ids; a failed one skips this check. */
export type Check = {
  readonly id: string;
  readonly name: string;
  /** Answered yes or no: `does the container engine answer?` */
  readonly question: string;
  readonly group: string;
  readonly needs?: readonly string[];
  /** `linux`, `darwin`, `darwin-arm64`; all when absent. */
  readonly platforms?: readonly string[];
  readonly timeoutMs?: number;
  /** What is looked at and why it matters, in a sentence or two. */
  readonly about?: string;
  /** What fixes it, in words; the fixes of a result are the commands. */
  readonly fix?: string;
  /** Where more is written: a file and an anchor. */
  readonly docs?: string;
  readonly run: (probe: Probe) => Promise<CheckResult>;
};
