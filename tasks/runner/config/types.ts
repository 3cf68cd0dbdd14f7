/** The config after reading: every default filled in, durations in ms, one-or-many always many. Plain data, so that it can be cached. */
export type Config = {
  readonly vars: Readonly<Record<string, string>>;
  /** Files of variables, from the root; a later one wins. */
  readonly dotenv: readonly string[];
  /** Environment variables whose values no output may show. */
  readonly secrets: readonly string[];
  /** The namespaces of the files in whose folder the command was typed, where others include them. */
  readonly from?: readonly string[];
  /** What an included file has of its own, by its namespace. */
  readonly scopes: Readonly<Record<string, Scope>>;
  readonly messages: readonly KnownMessage[];
  readonly cache?: CacheRow;
  readonly policy: readonly PolicyRow[];
  readonly checks: Readonly<Record<string, CheckRow>>;
  readonly tasks: Readonly<Record<string, TaskRow>>;
};

/** `file`: where it lies, from the root. */
export type Scope = Pick<Config, 'vars' | 'dotenv'> & { readonly file: string };

/** Where what tasks have written is kept. */
export type CacheRow = {
  readonly maxBytes?: number;
  /** From the folder of the config, or absolute. */
  readonly folder?: string;
  readonly remote?: { readonly url: string; readonly mode: 'read' | 'read-write'; readonly timeoutMs?: number };
};

/** A known failure: a line of output, what it means and what mends it. */
export type KnownMessage = {
  readonly pattern: string;
  readonly check?: string;
  readonly cause: string;
  readonly remedy: string;
};

export type PolicyRow = {
  /** `darwin` or `darwin-arm64`. */
  readonly on: string;
  readonly forbid: 'host';
  /** Names or globs. */
  readonly tasks: readonly string[];
  readonly because: string;
  readonly instead: string;
};

/** What `requires` names: a tool's version, or a check in a file. */
export type CheckRow = { readonly name: string; readonly id: string } & (VersionRow | ScriptRow);

export type VersionRow = {
  readonly kind: 'version';
  readonly command: string;
  readonly version: string;
  readonly about?: string;
  readonly docs?: string;
  readonly group: string;
  readonly needs: readonly string[];
  readonly platforms?: readonly string[];
  /** Package manager → package. */
  readonly install: Readonly<Partial<Record<PackageManager, string>>>;
};

export type ScriptRow = { readonly kind: 'script'; readonly script: string };

export type PackageManager = 'apt' | 'dnf' | 'pacman' | 'brew' | 'pipx' | 'npm';

export type ParamValue = string | number | boolean;

export type ParamRow = {
  readonly type: 'string' | 'int' | 'bool' | 'enum';
  readonly about?: string;
  readonly default?: ParamValue;
  readonly required: boolean;
  /** For `enum`. */
  readonly values: readonly string[];
};

/** The words that a task takes after its name. */
export type ArgsRow = {
  readonly name: string;
  readonly about?: string;
  readonly required: boolean;
  readonly max?: number;
  readonly values?: readonly string[];
};

/** A glob, or a command whose output is an input. */
export type InputRow = string | { readonly command: string };

export type TaskRow = {
  readonly name: string;
  /** Of the included file that the task is from; the root's tasks have none. */
  readonly namespace?: string;
  readonly about?: string;
  readonly aliases: readonly string[];
  readonly group?: string;
  readonly needs: readonly string[];
  readonly requires: readonly string[];
  readonly container?: string;
  readonly run: readonly string[];
  readonly script?: string;
  readonly params: Readonly<Record<string, ParamRow>>;
  readonly args?: ArgsRow;
  readonly platforms?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Globs, and commands whose output counts; a task without always runs. */
  readonly inputs?: readonly InputRow[];
  readonly outputs: readonly string[];
  /** Globs of what starts it again with `--watch`; its inputs when absent. */
  readonly watch?: readonly string[];
  /** Names of variables. */
  readonly envInputs: readonly string[];
  readonly cache?: boolean;
  readonly incremental: boolean;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  readonly interactive: boolean;
  readonly hidden: boolean;
  readonly confirm?: string;
  readonly finally: readonly string[];
  readonly service?: ServiceRow;
  readonly retry?: Retry;
  /** Names of which no two running tasks may hold the same. */
  readonly locks?: readonly string[];
  /** How many of the jobs it takes; 1 when absent. */
  readonly weight?: number;
  /** The axes that it was written with; the row itself then only stands for its cells. */
  readonly matrix?: Readonly<Record<string, readonly string[]>>;
  /** The combination of a matrix that this row is, and the task that was written. */
  readonly cell?: { readonly of: string; readonly values: Readonly<Record<string, string>> };
};

/** A command that goes on while it is needed, and how it is known to be ready. */
export type ServiceRow = { readonly run: string; readonly ready?: ReadyRow };

/** Ready when all the signs are there. */
export type ReadyRow = { readonly signs: readonly Sign[]; readonly withinMs: number };

export type Sign = { readonly kind: 'http' | 'tcp' | 'log' | 'command' | 'health'; readonly value: string };

/** Further tries after a failure; the pause doubles from one to the next. */
export type Retry = { readonly times: number; readonly backoffMs: number };
