import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { errnoOf } from './errors.ts';
import type { Suspending, SuspendListener } from './host/foreground.ts';
import type { LogFile } from './host/log-file.ts';
import type { hearPrints } from './host/prints.ts';
import type { Marks } from './marks.ts';
import type { Platform } from './script.ts';
import type { Secrets } from './secrets.ts';

/** What ends a run. */
export const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type Interrupt = (typeof interrupts)[number];
/** A script on its way. */
export type RunningScript = {
  /** Ends it: all that it waits for can never come. */
  readonly giveUp: () => void;
  /** Gives what it has printed without a newline. */
  readonly endOutput: () => void;
};

export type ForeignCode = {
  isLoaded: boolean;
  readonly scripts: Set<RunningScript>;
  /** Each gives what was printed beside all tasks and waits for its newline. */
  readonly held: Set<() => void>;
  /** Shows at once what has happened and not been shown: the process ends. */
  showRest: () => void;
};

/** What comes of an error that nobody caught: dealt with; told, with the exit code of a failure; or the end of the program. */
export type Uncaught = 'heard' | { readonly text: string } | 'not-ours';
export type Env = Readonly<Record<string, string | undefined>>;
export type User = { readonly uid: number; readonly gid: number };

/** Node's own `import()`, from outside of the bundle: code that V8 takes from its cache cannot call it. */
export type ImportModule = (specifier: string) => Promise<unknown>;

/** Everything outside the program. Functions take the slice that they use; tests give a fake one. */
export type Host = {
  readonly argv: readonly string[];
  readonly env: Env;
  readonly cwd: string;
  readonly pid: number;
  /** The permissions that new files do not get. */
  readonly umask: () => number;
  /** The folder of this package: what is published with it lies there. */
  readonly packageFolder: string;
  /** Changes with every build of the bundle. */
  readonly buildId: string;
  /** What plan, policy and checks judge by: the real machine, or the one that `TASKS_PLATFORM` names. */
  readonly platform: Platform;
  readonly user: User | undefined;
  /** What a report must not carry: the names of the machine and of its user. */
  readonly ownNames: () => { readonly machine: string; readonly user: string | undefined };
  readonly cores: () => number;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  /** 0 where the terminal does not know. */
  readonly stdoutColumns: number;
  readonly stdoutHasColour: boolean;
  readonly stderrHasColour: boolean;
  /** In ASCII where the terminal or the locale shows no more. */
  readonly marks: Marks;
  /** What no output may show. */
  readonly secrets: Secrets;
  /** Whether Node runs TypeScript by itself. */
  readonly stripsTypes: boolean;
  /** In a watch: scripts are read anew at each use. */
  readonly rereadsModules: boolean;
  readonly importModule: ImportModule;
  /** What there is of a project's own code in this process. */
  readonly foreignCode: ForeignCode;
  /** Writes a text without the secrets in it. */
  readonly write: (text: string) => void;
  /** Writes JSON, whose texts are without them already: to mask it as a whole could make something else of it. */
  readonly writeMasked: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether so much of what was written waits for its reader that no more should be made. */
  readonly outputIsBehind: () => boolean;
  /** Whether nothing of what was written waits for its reader. */
  readonly isAllWritten: () => boolean;
  /** Whether some of the output could not be written, as on a full disk. */
  readonly outputHasFailed: () => boolean;
  /** A clock that never goes back, in ms. */
  readonly clockMs: () => number;
  /** The wall clock, in ms since 1970. */
  readonly dateMs: () => number;
  /** What nobody can guess. */
  readonly randomId: () => string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Starts a process; what the system says against it comes as its `error` event, never as a throw. */
  readonly spawn: (command: readonly string[], options: SpawnOptions) => ChildProcess;
  /** Sends a signal; false when no such process is ours to signal. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => 'sent' | 'gone' | 'refused';
  /** Calls back on each of them until disposed. */
  readonly onInterrupt: (listener: (signal: Interrupt) => void) => Disposable;
  /** Settles when each of them has been heard that was sent before. */
  readonly untilSignalsAreHeard: () => Promise<void>;
  /** Calls back before the terminal stops this process (Ctrl-Z), and when it goes on, until disposed. */
  readonly onSuspend: (listener: SuspendListener) => Suspending;
  /** Whether the terminal belongs to another process group. */
  readonly isInBackground: () => boolean;
  /** Calls back with what is thrown or rejected where nobody catches it; `who` names whose code runs, should it end the program. */
  readonly onUncaught: (listener: (thrown: unknown) => Uncaught, who: () => string | undefined) => void;
  /** Whom `taker` names gets what code in this process prints by itself, past `write`. */
  readonly hearPrints: typeof hearPrints;
  /** Called before others write to the terminal, which may be closed meanwhile. */
  readonly outliveTerminal: () => void;
  /** Asks a person and gives the answer; empty when there is none. */
  readonly ask: (question: string) => Promise<string>;
  readonly packageVersion: () => Promise<string>;
  /** A path without symbolic links; as it is where there is no such file. */
  readonly realPath: (path: string) => Promise<string>;
  readonly exists: (path: string) => boolean;
  /** The user ids of all who say what a path leads to; none where there is no such file. */
  readonly ownersOf: (path: string) => readonly number[];
  /** Whether a folder is one in which others may make files, and nobody may remove those of others. */
  readonly isSticky: (folder: string) => boolean;
  /** The text of a file, or undefined where there is none; throws where it cannot be read or is no file. */
  readonly readText: (path: string) => Promise<string | undefined>;
  /** What is written to a named pipe, or undefined where the path is none; throws where nobody writes. */
  readonly readPipe: (path: string) => Promise<string | undefined>;
  /** Adds to the end of a file, without secrets. */
  readonly appendText: (path: string, text: string) => Promise<void>;
  /** Writes a whole file by renaming a temporary one. Throws what the system says against it. */
  readonly replaceFile: (path: string, text: string) => void;
  /** Opens a new log below the root; throws where that is not possible. */
  readonly openLog: (root: string, path: string) => LogFile;
  readonly removeLog: (path: string) => void;
  /** Keeps only so many logs in a folder, the newest. */
  readonly tidyLogs: (folder: string, most: number) => void;
  /** Calls back when an entry of a folder comes, goes or is written; throws the system's error where it cannot, or tells it later. */
  readonly watchFolder: (path: string, onChange: () => void, onFail: (error: Error) => void) => Disposable;
  /** For so long after one more folder is watched, or one fewer, changes may not be told. */
  readonly watchSettlesMs: number;
  /** What makes room for more watches, where the system gives no more. */
  readonly roomForWatches: (code: string) => string;
  /** What tells a folder from another one that comes to lie at its path; undefined where none is. */
  readonly folderId: (path: string) => string | undefined;
};

/** The exit code that a shell gives what a signal has ended. */
export function exitOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Whether something thrown is the system's error of one of these codes. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(errnoOf(error) ?? '');
}
