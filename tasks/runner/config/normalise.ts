import type { RawCheck, RawConfig, RawMessage, RawTask } from './schema.ts';
import type {
  ArgsRow,
  CacheRow,
  CheckRow,
  Config,
  KnownMessage,
  ParamRow,
  Retry,
  ServiceRow,
  TaskRow,
} from './types.ts';
import { durationMs, sizeBytes } from './units.ts';
import { expandVars } from './vars.ts';

/** Fills in every default, so that later stages never ask whether a key was written. */
export function normalise(raw: RawConfig, messages: readonly RawMessage[], outerVars: Config['vars']): Config {
  return {
    vars: expandVars(raw.vars ?? {}, outerVars).vars,
    dotenv: asList(raw.dotenv),
    secrets: raw.secrets ?? [],
    scopes: {},
    messages: messages.map(normaliseMessage),
    policy: raw.policy ?? [],
    checks: mapValues(raw.checks ?? {}, normaliseCheck),
    tasks: mapValues(raw.tasks, normaliseTask),
    ...defined({ cache: ifGiven(raw.cache, normaliseCache) }),
  };
}

const signKinds = ['http', 'tcp', 'log', 'command', 'health'] as const;

/** A known failure without the keys that were not written. */
export function normaliseMessage({ pattern, check, cause, remedy }: RawMessage): KnownMessage {
  return { pattern, cause, remedy, ...defined({ check }) };
}

function normaliseCheck(raw: RawCheck, name: string): CheckRow {
  if (raw.script !== undefined) return { name, id: raw.id, kind: 'script', script: raw.script };
  return {
    name,
    id: raw.id,
    kind: 'version',
    command: raw.command ?? '',
    version: raw.version ?? '*',
    group: raw.group ?? 'tools',
    needs: raw.needs ?? [],
    install: defined(raw.install ?? {}),
    ...defined({ about: raw.about, docs: raw.docs, platforms: raw.platforms }),
  };
}

function normaliseTask(raw: RawTask, name: string): TaskRow {
  return {
    name,
    aliases: raw.aliases ?? [],
    needs: raw.needs ?? [],
    requires: raw.requires ?? [],
    run: asList(raw.run),
    params: mapValues(raw.params ?? {}, normaliseParam),
    env: mapValues(raw.env ?? {}, String),
    outputs: raw.outputs ?? [],
    envInputs: raw.envInputs ?? [],
    incremental: raw.incremental ?? false,
    interactive: raw.interactive ?? false,
    hidden: raw.hidden ?? false,
    finally: asList(raw.finally),
    ...defined({
      about: raw.about,
      group: raw.group,
      container: raw.container,
      script: raw.script,
      args: ifGiven(raw.args, normaliseArgs),
      platforms: raw.platforms,
      cwd: raw.cwd,
      inputs: raw.inputs,
      watch: raw.watch,
      cache: raw.cache,
      timeoutMs: ifGiven(raw.timeout, durationMs),
      confirm: raw.confirm,
      service: ifGiven(raw.service, normaliseService),
      retry: ifGiven(raw.retry, normaliseRetry),
      locks: ifGiven(raw.lock, asList),
      weight: raw.weight,
      matrix: ifGiven(raw.matrix, (matrix) => mapValues(matrix, (values) => values.map(String))),
    }),
  };
}

function normaliseService({ run, ready }: NonNullable<RawTask['service']>): ServiceRow {
  if (ready === undefined) return { run };
  const signs = signKinds.flatMap((kind) => (ready[kind] === undefined ? [] : [{ kind, value: String(ready[kind]) }]));
  return { run, ready: { signs, withinMs: durationMs(ready.within ?? '60s') } };
}

function normaliseRetry({ times, backoff }: NonNullable<RawTask['retry']>): Retry {
  return { times, backoffMs: durationMs(backoff ?? '1s') };
}

function normaliseParam(raw: NonNullable<RawTask['params']>[string]): ParamRow {
  return {
    type: raw.type ?? 'string',
    required: raw.required ?? false,
    values: raw.values ?? [],
    ...defined({ about: raw.about, default: raw.default }),
  };
}

function normaliseArgs(raw: NonNullable<RawTask['args']>): ArgsRow {
  return {
    name: raw.name,
    required: raw.required ?? false,
    ...defined({ about: raw.about, max: raw.max, values: raw.values }),
  };
}

function normaliseCache({ maxSize, folder, remote }: NonNullable<RawConfig['cache']>): CacheRow {
  return defined({ maxBytes: ifGiven(maxSize, sizeBytes), folder, remote: ifGiven(remote, normaliseRemote) });
}

function normaliseRemote({
  url,
  mode = 'read',
  timeout,
}: NonNullable<NonNullable<RawConfig['cache']>['remote']>): NonNullable<CacheRow['remote']> {
  return { url, mode, ...defined({ timeoutMs: ifGiven(timeout, durationMs) }) };
}

function ifGiven<From, To>(value: From | undefined, change: (value: From) => To): To | undefined {
  return value === undefined ? undefined : change(value);
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function mapValues<From, To>(
  map: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

/** Without the keys whose value is undefined. */
export function defined<Row extends object>(row: Row): { [Key in keyof Row]?: Exclude<Row[Key], undefined> } {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof defined<Row>
  >;
}
