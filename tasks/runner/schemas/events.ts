import * as v from 'valibot';
import type { Event, PlannedLine } from '../events.ts';
import { interrupts } from '../host.ts';

/*
 * The events as `--output=json` writes them, one a line. The types are those of `events.ts`; what is here must say the
 * same, or it does not compile (see the end). From it `events.schema.json` is made.
 */

const text = v.string();
const texts = v.array(text);
const count = v.pipe(v.number(), v.integer());
const maybe = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(schema);

const fix = v.union([
  v.strictObject({ about: text, byHand: maybe(v.literal(true)), command: text }),
  v.strictObject({ about: text, byHand: maybe(v.literal(true)), task: text }),
]);

const report = v.strictObject({
  id: text,
  name: text,
  question: text,
  group: text,
  outcome: v.picklist(['pass', 'warn', 'fail', 'skip', 'could-not-check']),
  because: maybe(text),
  summary: text,
  cause: maybe(text),
  fixes: v.array(fix),
  docs: maybe(text),
  evidence: v.array(v.strictObject({ command: text, code: v.nullable(v.number()), tookMs: v.number(), excerpt: text })),
  tookMs: v.number(),
});

const failure = v.strictObject({
  message: text,
  command: maybe(text),
  exit: count,
  reason: v.picklist(['task', 'machine']),
  remedy: maybe(text),
  lastLines: texts,
  known: v.array(v.strictObject({ line: text, check: maybe(text), cause: text, remedy: text })),
  checks: v.array(report),
});

const end = v.union([
  v.strictObject({ state: v.literal('done'), from: maybe(v.picklist(['cache', 'remote cache'])) }),
  v.strictObject({ state: v.literal('skipped'), reason: text }),
  v.strictObject({ state: v.literal('failed'), failure }),
  v.strictObject({ state: v.literal('cancelled'), reason: text }),
  v.strictObject({ state: v.literal('not-started'), reason: text }),
]);

const platform = v.strictObject({ os: text, arch: text, pretended: v.boolean() });
const planned = v.strictObject({ name: text, about: maybe(text), needs: texts });
const holder = v.strictObject({ pid: count, host: text, task: text });
const signals = v.picklist(interrupts);
const reasons = v.picklist(['ok', 'task', 'usage', 'config', 'machine', 'bug', 'interrupted']);

/** What each type of event carries beside its type and its time. */
const fields = {
  'run-started': { tasks: v.array(planned), platform },
  'notice-given': { text },
  'check-finished': { report },
  'fix-started': { check: text, summary: text, about: text, command: text },
  'task-started': { task: text, where: text },
  'task-explained': { task: text, because: texts },
  'command-started': { task: text, command: text },
  'task-output': { task: text, stream: v.picklist(['stdout', 'stderr']), line: text, goesOn: maybe(v.literal(true)) },
  'task-retried': { task: text, message: text, nextTry: count, tries: count, pauseMs: v.number() },
  'task-waiting': { task: text, holder, lock: text, hint: maybe(text) },
  'service-ready': { task: text, tookMs: v.number() },
  'service-stopped': { task: text, reason: text },
  'task-finished': { task: text, tookMs: v.number(), end },
  interrupted: { signal: signals, isTheFirst: v.boolean() },
  'watch-changed': { paths: texts, tasks: texts },
  'config-refused': { text },
  'watch-waiting': { polling: v.boolean(), withinMs: maybe(v.number()) },
  'run-finished': { exit: count, reason: reasons, tookMs: v.number() },
} as const satisfies Record<Event['type'], v.ObjectEntries>;

const plannedLine = v.strictObject({
  type: v.literal('task-planned'),
  task: text,
  about: maybe(text),
  needs: texts,
  requires: texts,
  state: v.picklist(['would-run', 'up-to-date', 'skipped']),
  because: texts,
  container: maybe(text),
  commands: texts,
  script: maybe(text),
  finally: texts,
  confirm: maybe(text),
});

/** One line of `--output=json`. A run that did not begin has a last line without times: after an error, or those of `--dry-run`. */
export const lineSchema = v.union([
  ...Object.entries(fields).map(([type, entries]) =>
    v.strictObject({ type: v.literal(type), atMs: v.number(), ...(entries as v.ObjectEntries) }),
  ),
  plannedLine,
  v.strictObject({ type: v.literal('run-finished'), exit: count, reason: reasons }),
]);

type Fields = typeof fields;
type OutputOf<Schema> = Schema extends v.GenericSchema ? v.InferOutput<Schema> : never;
type Described = {
  [Type in keyof Fields]: { type: Type } & { [Name in keyof Fields[Type]]: OutputOf<Fields[Type][Name]> };
}[keyof Fields];

/** A type without what JSON does not show: `readonly`, and the difference between a key that is missing and one that is undefined. */
type InJson<Type> = Type extends readonly (infer Item)[]
  ? InJson<Item>[]
  : Type extends object
    ? { [Key in keyof Type]-?: InJson<Exclude<Type[Key], undefined>> }
    : Type;

type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

true satisfies IsSame<InJson<Event>, InJson<Described>>;
true satisfies IsSame<InJson<PlannedLine>, InJson<v.InferOutput<typeof plannedLine>>>;
