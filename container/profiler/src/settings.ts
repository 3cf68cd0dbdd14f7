/** What the profiler is asked to do, from its environment. */
import { unknownSettings } from './setting-names.ts';
import { TIER_NAMES, type TierName } from './tier.ts';

export type PortRange = { readonly first: number; readonly last: number };

export type Settings = {
  readonly scope: 'containers' | 'host';
  /** Either end of a connection; empty for all. */
  readonly ports: readonly PortRange[];
  readonly role: 'server' | 'client' | 'both';
  /** The folder of the traces. */
  readonly out: string;
  /** The size at which a trace is set aside. */
  readonly maxBytes: number;
  /** Patterns of cgroup, container or service names; empty for all. */
  readonly cgroups: readonly string[];
  /** One exchange in so many is written. */
  readonly sample: number;
  /** Further words that name a secret. */
  readonly redact: readonly string[];
  /** The one way of looking to use; undefined for the cheapest that works. */
  readonly tier: TierName | undefined;
  /** The compiled probe. */
  readonly object: string;
};

/** Every setting that is wrong, each in a sentence. */
export class SettingsError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

const MAX_PORT_RANGES = 16;
const MIN_MAX_BYTES = 65_536;

/** Reads the variables that begin with `PROFILER_`; throws all that is wrong with them at once. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems = [...unknownSettings(env)];
  const read = <T>(name: string, fallback: T, parse: (value: string) => T | undefined, expected: string): T => {
    const value = env[`PROFILER_${name}`]?.trim();
    if (value === undefined || value === '') return fallback;
    const parsed = parse(value);
    if (parsed === undefined) problems.push(`PROFILER_${name}: \`${value}\` is not ${expected}`);
    return parsed ?? fallback;
  };
  const settings: Settings = {
    scope: read('SCOPE', 'containers', oneOf('containers', 'host'), '`containers` or `host`'),
    ports: read('PORTS', [], parsePorts, 'a list of ports and ranges, at most 16, such as `8080,18080-18099`'),
    role: read('ROLE', 'server', oneOf('server', 'client', 'both'), '`server`, `client` or `both`'),
    out: read('OUT', '/traces', absolutePath, 'an absolute path'),
    maxBytes: read('MAX_BYTES', 64 << 20, parseMaxBytes, `a number of bytes of at least ${MIN_MAX_BYTES}`),
    cgroups: read('CGROUPS', [], parseList, 'a list of names'),
    sample: read('SAMPLE', 1, parseSample, 'a fraction such as `1/10`'),
    redact: read('REDACT', [], parseWords, 'a list of words'),
    tier: read('TIER', undefined, oneOf(...TIER_NAMES), '`A`, `B`, `C` or `D`'),
    object: read('OBJECT', '/usr/local/lib/http_probe.o', absolutePath, 'an absolute path'),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function oneOf<const T extends string>(...values: readonly T[]): (value: string) => T | undefined {
  return (value) => values.find((known) => known === value);
}

function absolutePath(value: string): string | undefined {
  return value.startsWith('/') ? value : undefined;
}

function parseList(value: string): readonly string[] | undefined {
  const items = value.split(',').map((item) => item.trim());
  return items.every((item) => item !== '') ? items : undefined;
}

/** A name without a letter or a digit would mask nothing. */
function parseWords(value: string): readonly string[] | undefined {
  const words = parseList(value);
  return words?.every((word) => /[\p{L}\p{N}]/u.test(word)) ? words : undefined;
}

function parsePorts(value: string): readonly PortRange[] | undefined {
  const ranges = parseList(value)?.map(parsePortRange);
  if (ranges === undefined || ranges.length > MAX_PORT_RANGES) return undefined;
  const valid = ranges.filter((range) => range !== undefined);
  return valid.length === ranges.length ? valid : undefined;
}

function parsePortRange(value: string): PortRange | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return range.first >= 1 && range.first <= range.last && range.last <= 65_535 ? range : undefined;
}

function parseMaxBytes(value: string): number | undefined {
  const bytes = /^\d{1,15}$/.test(value) ? Number(value) : 0;
  return bytes >= MIN_MAX_BYTES ? bytes : undefined;
}

function parseSample(value: string): number | undefined {
  const every = Number(/^1\/(\d{1,9})$/.exec(value)?.[1]);
  return every >= 1 ? every : undefined;
}
