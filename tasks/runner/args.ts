import { didYouMean, listed, usageError } from './errors.ts';
import { refuseAimless, refuseContradictions } from './flag-rules.ts';
import { knownElsewhere } from './other-flags.ts';

/** A word or a flag that is not the tool's own, in the order in which it was typed. */
export type Item =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'flag'; readonly name: string; readonly value: string | undefined };

export type OutputName = (typeof outputs)[number];
export type GraphForm = (typeof graphForms)[number];
export type ShellName = (typeof shells)[number];

/** The tool's own flags. */
export type ToolFlags = {
  readonly list: boolean;
  readonly help: boolean;
  readonly version: boolean;
  readonly dryRun: boolean;
  readonly only: boolean;
  readonly fix: boolean;
  /** Run also what is up to date. */
  readonly force: boolean;
  readonly explain: boolean;
  readonly yes: boolean;
  readonly keepGoing: boolean;
  readonly failFast: boolean;
  readonly host: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly init: boolean;
  /** Run again what a change affects, until interrupted. */
  readonly watch: boolean;
  readonly jobs?: number | undefined;
  readonly engine?: (typeof engines)[number] | undefined;
  readonly output?: OutputName | undefined;
  /** The file for the times of the run. */
  readonly profile?: string | undefined;
  readonly graph?: GraphForm | undefined;
  readonly completion?: ShellName | 'candidates' | undefined;
  /** The Makefile to make a config of. */
  readonly import?: string | undefined;
};

/** The command line, cut into pieces; what the words mean is bound by the plan. */
export type Args = {
  readonly flags: ToolFlags;
  readonly items: readonly Item[];
  /** What followed `--`. */
  readonly rest: readonly string[];
};

const switches = {
  list: 'list',
  help: 'help',
  version: 'version',
  'dry-run': 'dryRun',
  only: 'only',
  fix: 'fix',
  force: 'force',
  explain: 'explain',
  yes: 'yes',
  'keep-going': 'keepGoing',
  'fail-fast': 'failFast',
  host: 'host',
  quiet: 'quiet',
  verbose: 'verbose',
  init: 'init',
  watch: 'watch',
} as const satisfies Record<string, keyof ToolFlags>;

const valued = ['jobs', 'engine', 'output', 'profile', 'completion', 'import'] as const;
export const engines = ['podman', 'docker'] as const;
export const outputs = ['list', 'plain', 'prefixed', 'github', 'json'] as const;
export const graphForms = ['text', 'mermaid', 'dot', 'json'] as const;
export const shells = ['bash', 'zsh', 'fish'] as const;

/** Every flag the tool owns, so that no task may name a param like one. */
export const toolFlagNames: readonly string[] = [...Object.keys(switches), ...valued, 'graph'];

/** Cuts the command line into the tool's flags, the words and flags of tasks, and what follows `--`. */
export function parseArgs(argv: readonly string[]): Args {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end + 1);
  const flags: { -readonly [Name in keyof ToolFlags]: ToolFlags[Name] } = noFlags();
  const given = new Set<string>();
  const items: Item[] = [];
  for (let index = 0; index < own.length; index++) {
    const item = readItem(own[index] ?? '');
    if (item.kind === 'flag') given.add(item.name);
    if (item.kind === 'word') {
      items.push(item);
    } else if (isSwitch(item.name)) {
      refuseValue(item);
      flags[switches[item.name]] = true;
    } else if (item.name === 'graph') {
      // Its value only follows `=`: the next word is a task.
      flags.graph = item.value === undefined ? 'text' : oneOf('graph', item.value, graphForms);
    } else if (isValued(item.name)) {
      const behind = own[index + 1] ?? '--';
      // A flag is no value of the one before it; after `=` it may be.
      Object.assign(flags, readValue(item.name, item.value ?? (behind.startsWith('--') ? undefined : own[++index])));
    } else {
      items.push(item);
    }
  }
  refuseContradictions(given);
  if (items.length === 0 && rest.length === 0) refuseAimless(given);
  return { flags, items, rest };
}

function noFlags(): ToolFlags {
  const off = Object.fromEntries(Object.values(switches).map((name) => [name, false]));
  return off as Record<(typeof switches)[keyof typeof switches], false>;
}

function readItem(word: string): Item {
  const flag = /^--([^=]+)(?:=(.*))?$/s.exec(word);
  if (flag?.[1] !== undefined) return { kind: 'flag', name: flag[1], value: flag[2] };
  const isShortFlag = /^-[^\d-]/.test(word);
  if (isShortFlag) {
    const { suggestion, hint } = knownElsewhere(word);
    const inFull = 'flags are written in full; what follows `--` goes to the command of the last task as it is';
    throw usageError(`unknown flag \`${word}\`${suggestion ?? ''}`, hint ?? inFull);
  }
  return { kind: 'word', text: word };
}

function isSwitch(name: string): name is keyof typeof switches {
  return Object.hasOwn(switches, name);
}

/** Whether the tool's flag of that name takes a value. */
export function isValued(name: string): name is (typeof valued)[number] {
  return (valued as readonly string[]).includes(name);
}

function refuseValue(item: { readonly name: string; readonly value: string | undefined }): void {
  if (item.value !== undefined) throw usageError(`\`--${item.name}\` takes no value`);
}

function readValue(name: (typeof valued)[number], value: string | undefined): Partial<ToolFlags> {
  if (value === undefined || value === '') throw usageError(`\`--${name}\` needs a value, as in \`${examples[name]}\``);
  switch (name) {
    case 'jobs':
      if (!/^[1-9]\d{0,5}$/.test(value)) throw usageError(`\`--jobs\` must be a whole number from 1, not \`${value}\``);
      return { jobs: Number(value) };
    case 'engine':
      return { engine: oneOf(name, value, engines) };
    case 'output':
      return { output: oneOf(name, value, outputs) };
    case 'profile':
      return { profile: value };
    case 'import':
      return { import: value };
    case 'completion':
      // Candidates are what the scripts themselves ask for.
      return { completion: value === 'candidates' ? value : oneOf(name, value, shells) };
    default:
      return name satisfies never;
  }
}

const examples = {
  jobs: '--jobs=4',
  engine: '--engine=podman',
  output: '--output=plain',
  profile: '--profile=times.json',
  completion: '--completion=bash',
  import: '--import=Makefile',
};

function oneOf<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw usageError(`\`--${name}\` must be one of ${listed(choices)}, not \`${value}\`${didYouMean(value, choices)}`);
}
