/*
 * zx's `$`, as far as scripted tasks are promised it. Declared here, because zx's own declarations do not pass a check of
 * libraries without packages that zx does not bring, nor can CommonJS import them.
 */

/** Runs a shell command; each `${value}` becomes one quoted word, each list one word for each item. */
export type Shell = {
  (pieces: TemplateStringsArray, ...values: readonly unknown[]): ShellProcess;
  /** The same with other settings: `$({ nothrow: true })`. */
  (options: ShellOptions): Shell;
};

export type ShellOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the command reads from its standard input. */
  readonly input?: string | Uint8Array | ShellResult | ShellProcess;
  /** Milliseconds, or `30s`, `500ms`, `2m`. */
  readonly timeout?: number | `${number}${'ms' | 's' | 'm'}`;
  readonly timeoutSignal?: string;
  readonly killSignal?: string;
  readonly signal?: AbortSignal;
  /** `'inherit'`, or one for each of stdin, stdout and stderr. */
  readonly stdio?: ShellStream | readonly ShellStream[];
  /** Gives a failed command as a result instead of throwing it. */
  readonly nothrow?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly shell?: string | true;
  readonly prefix?: string;
  readonly postfix?: string;
  readonly detached?: boolean;
  /** Puts `node_modules/.bin`, or these folders, before PATH. */
  readonly preferLocal?: boolean | string | readonly string[];
};

export type ShellStream = 'inherit' | 'ignore' | 'pipe';

/** A command that runs. Awaiting it gives its result, or throws it where it failed. */
export type ShellProcess = Promise<ShellResult> & {
  readonly pid: number | undefined;
  readonly exitCode: Promise<number | null>;
  readonly nothrow: (on?: boolean) => ShellProcess;
  readonly quiet: (on?: boolean) => ShellProcess;
  readonly verbose: (on?: boolean) => ShellProcess;
  readonly timeout: (duration?: ShellOptions['timeout'], signal?: string) => ShellProcess;
  readonly kill: (signal?: string) => Promise<void>;
  readonly pipe: {
    (pieces: TemplateStringsArray, ...values: readonly unknown[]): ShellProcess;
    /**
     * Another command, or the path of a file. A command can be piped into until it is waited for; in an interactive task it
     * reads the caller's stdin, and only the form above gives it something else.
     */
    (to: ShellProcess | string): ShellProcess;
  };
  readonly text: () => Promise<string>;
  readonly json: <Value = unknown>() => Promise<Value>;
  readonly lines: () => Promise<string[]>;
  /** Its lines as they come. */
  readonly [Symbol.asyncIterator]: () => AsyncIterator<string>;
};

/** What a command gave. */
export type ShellResult = Error & {
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly stdall: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** In milliseconds. */
  readonly duration: number;
  readonly ok: boolean;
  readonly text: () => string;
  readonly json: <Value = unknown>() => Value;
  readonly lines: () => string[];
};
