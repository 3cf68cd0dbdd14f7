/** What an editor says of a config by `schema.json` is what the runner says of its shape: each config is changed at random. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../tasks/runner/config/schema.ts';
import { checkShape } from '../../tasks/runner/config/shape.ts';

const schema = JSON.parse(readFileSync('tasks/runner/schema.json', 'utf8')) as object;
const isValid = new Ajv({ strict: false }).compile(schema);

const whole = `
version: 1
include: { docs: docs/tasks.config.yaml }
dotenv: [.env]
vars: { image: app, n: 1, b: true }
secrets: [TOKEN]
messages: messages.yaml
cache: { maxSize: 5GB, folder: x, remote: { url: 'https://x', mode: read, timeout: 3s } }
policy: [{ on: darwin, forbid: host, tasks: ['a*'], because: b, instead: c }]
checks:
  node: { id: ND001, command: node --version, version: '>=20', install: { brew: node }, needs: [AB001], platforms: [linux] }
  other: { id: AB001, script: x.ts, about: a, group: g, docs: d }
tasks:
  build:
    { about: a, aliases: [b], group: g, needs: [x], requires: [node], container: c, run: [a, b], platforms: [linux], cwd: f,
      params: { port: { type: int, default: 3, about: p, required: false, values: [a] } }, timeout: 5m, confirm: z,
      args: { name: n, about: a, required: true, max: 2, values: [q] }, env: { A: 1 }, inputs: [a, { command: b }], outputs: [c],
      envInputs: [D], watch: [e], cache: true, incremental: false, interactive: true, hidden: true, finally: [x], lock: [l],
      retry: { times: 2, backoff: 1s }, weight: 2, matrix: { a: [x, 1] } }
  server: { script: s.ts, service: { run: x, ready: { http: a, tcp: 3, log: b, command: c, health: d, within: 3s } } }
`;

type Table = Record<string | number, unknown>;
type Change = {
  readonly at: number;
  readonly how: 'set' | 'remove' | 'add' | 'rename';
  readonly key: string;
  readonly value: unknown;
};

const value = fc.oneof(
  fc.constantFrom(
    null,
    '',
    0,
    1,
    -1,
    1.5,
    true,
    'enum',
    'host',
    'read',
    '5m',
    '5 m',
    '5m\n',
    '5GB',
    'EN001',
    'linux',
    'https://x',
  ),
  fc.constantFrom<unknown>([], {}, [null], ['a'], [1], [[]], { a: 1 }, { command: 'x' }, { command: 1 }, { run: 'x' }),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: -2, max: 3 }),
);
const key = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    'a b',
    'é',
    'a:b',
    '-x',
    'a\n',
    'about',
    'Version',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
  ),
  fc.string({ maxLength: 2 }),
);
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 999 }),
  how: fc.constantFrom('set', 'set', 'remove', 'add', 'rename'),
  key,
  value,
});

/** Every place of a document: the table or list, and the key in it. */
function placesIn(node: unknown): readonly { readonly owner: Table; readonly key: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, inner]) => [{ owner: node as Table, key: name }, ...placesIn(inner)]);
}

/** Nothing is shared with another change: a list put into itself would have no end, and no file can say it. */
function apply(document: unknown, { at, how, key: name, value }: Change): void {
  const other = structuredClone(value);
  const places = placesIn(document);
  const place = places[at % places.length];
  if (place === undefined) return;
  const { owner } = place;
  const own = owner[place.key];
  if (how === 'set') owner[place.key] = other;
  else if (Array.isArray(owner)) owner.push(other);
  else {
    if (how !== 'add') delete owner[place.key];
    const put = { value: how === 'rename' ? own : other, enumerable: true, configurable: true, writable: true };
    if (how !== 'remove') Object.defineProperty(owner, name, put);
  }
}

test('`schema.json` accepts a config where the runner accepts its shape, and no other', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 2 }), (changes) => {
      const document = parse(whole) as unknown;
      for (const one of changes) apply(document, one);
      const messages = checkShape(configSchema, document).findings.map(({ message }) => message);
      expect(isValid(document) === true, messages.join('\n')).toBe(messages.length === 0);
    }),
    { numRuns: 500 },
  );
});

test('of durations `schema.json` does not know the longest', () => {
  const document = { version: 1, tasks: { a: { timeout: '600h' } } };
  expect(isValid(document)).toBe(true);
  expect(checkShape(configSchema, document).findings[0]?.message).toBe(
    '`timeout` of task `a` is `600h`: a duration is at most 24 days: `576h`',
  );
});
