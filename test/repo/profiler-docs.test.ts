/** What the profiler's document lists is what the profiler reads and writes. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../../container/profiler/src/failure.ts';
import { CAUGHT, NAMES, UNWRITTEN } from '../../container/profiler/src/losses.ts';
import { OF_THE_CONTAINER, SETTING_NAMES } from '../../container/profiler/src/setting-names.ts';
import { readSettings } from '../../container/profiler/src/settings.ts';
import { jsonFormat } from '../../container/profiler/src/sinks/json.ts';
import { textFormat } from '../../container/profiler/src/sinks/text.ts';
import { TIERS } from '../../container/profiler/src/tier.ts';
import { parseTraceLine } from '../../tasks/lib/trace-lines.ts';
import { read } from '../helpers/tree.ts';

const document = read('docs/profiler.md');
const told = {
  timeUs: 0,
  target: '/',
  exchange: {
    method: 'GET',
    target: '/',
    protocol: 'HTTP/1.1',
    role: 'server' as const,
    process: { pid: 1, comm: 'node', container: null, isWanted: true },
    local: '127.0.0.1:1',
    remote: '127.0.0.1:2',
    link: '00',
    requestFirstNs: 0,
    requestLastNs: 0,
    responseFirstNs: 0,
    responseLastNs: 0,
    requestBytes: 1,
    responseBytes: 1,
    status: 200,
    end: 'complete' as const,
  },
};

test('every setting has a row, and every row is a setting', () => {
  const rows = [...document.matchAll(/^\| `PROFILER_(\w+)` \|/gm)].map((match) => match[1]);
  expect(rows.sort()).toEqual([...SETTING_NAMES].sort());
});

test('every default that is a value is the profiler’s', () => {
  const rows = [...document.matchAll(/^\| `PROFILER_(\w+)` \| `(.*?)` \|/gm)];
  const { scope, role, maxBytes, sample, out, object } = readSettings({});
  expect(Object.fromEntries(rows.map(([, name, value]) => [name, value]))).toEqual({
    SCOPE: scope,
    ROLE: role,
    MAX_BYTES: String(maxBytes),
    SAMPLE: `1/${sample}`,
    OUT: out,
    OBJECT: object,
  });
});

test('every counter, exit code and tier has a row, and every row is one', () => {
  const rowsOf = (heading: string) => {
    const section = document.slice(document.indexOf(`\n## ${heading}\n`)).split('\n## ')[1] ?? '';
    return [...section.matchAll(/^\| (?!---)([^|]+) \|/gm)].map((match) => match[1] ?? '').slice(1);
  };
  const counters = rowsOf('Losses').flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1]));
  expect(counters.sort()).toEqual([...Object.keys(NAMES), UNWRITTEN, CAUGHT].sort());
  expect(rowsOf('Exit codes').map(Number)).toEqual([0, ...Object.values(exitCodes)]);
  expect(rowsOf('Tiers')).toEqual(TIERS.map(({ tier }) => tier));
});

test.each(['container/docker-compose.yml', 'container/docker-compose.production.yml'])(
  '%s hands on every setting that is not the container’s own',
  (path) => {
    const { services } = parse(read(path)) as { services: { profiler: { environment: unknown } } };
    const handedOn = SETTING_NAMES.filter((name) => !OF_THE_CONTAINER.includes(name)).map((name) => `PROFILER_${name}`);
    const asList = handedOn.sort();
    const asMap = Object.fromEntries(handedOn.map((name) => [name, `\${${name}:- }`]));
    expect([asList, asMap]).toContainEqual(
      Array.isArray(services.profiler.environment)
        ? services.profiler.environment.toSorted()
        : services.profiler.environment,
    );
  },
);

test('every field of an exchange is explained', () => {
  const fields = Object.keys(JSON.parse(jsonFormat.exchange(told))).filter((name) => name !== 'type');
  const explained = [...document.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/`(\w+)`/g)].map((name) => name[1]),
  );
  expect(fields.filter((name) => !explained.includes(name))).toEqual([]);
});

test('the line that is shown as an example is one that the tasks read, and the sink writes its like', () => {
  const example = /^\d{4}-.*$/m.exec(document)?.[0] ?? '';
  expect(parseTraceLine(example)).toMatchObject({ method: 'GET', status: 200, durationMs: 0.666, role: 'server' });
  expect(parseTraceLine(textFormat.exchange(told))).toMatchObject({ method: 'GET', status: 200, durationMs: 0 });
});
