import { expect, test } from 'vitest';
import { leftOut } from '../../container/profiler/src/left-out.ts';
import { unknownSettings } from '../../container/profiler/src/setting-names.ts';
import { readSettings, SettingsError } from '../../container/profiler/src/settings.ts';

/** What is wrong, in sentences. */
function problemsOf(env: Parameters<typeof readSettings>[0]): readonly string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

test('without variables the defaults hold', () => {
  expect(readSettings({ PATH: '/bin', PROFILER_PORTS: '', PROFILER_TIER: ' ' })).toEqual({
    scope: 'containers',
    ports: [],
    role: 'server',
    out: '/traces',
    maxBytes: 64 << 20,
    cgroups: [],
    sample: 1,
    redact: [],
    object: '/usr/local/lib/http_probe.o',
  });
});

test('each variable is read', () => {
  expect(
    readSettings({
      PROFILER_SCOPE: 'host',
      PROFILER_PORTS: '8080, 18080-18099',
      PROFILER_ROLE: 'both',
      PROFILER_OUT: '/tmp/x',
      PROFILER_MAX_BYTES: '70000',
      PROFILER_CGROUPS: 'web-*,db',
      PROFILER_SAMPLE: '1/10',
      PROFILER_REDACT: 'ssn,iban',
      PROFILER_TIER: 'C',
      PROFILER_OBJECT: '/x.o',
    }),
  ).toEqual({
    scope: 'host',
    ports: [
      { first: 8080, last: 8080 },
      { first: 18080, last: 18099 },
    ],
    role: 'both',
    out: '/tmp/x',
    maxBytes: 70000,
    cgroups: ['web-*', 'db'],
    sample: 10,
    redact: ['ssn', 'iban'],
    tier: 'C',
    object: '/x.o',
  });
});

test('all that is wrong is said at once', () => {
  const wrong = {
    PROFILER_SCOPE: 'all',
    PROFILER_PORTS: '8080-80',
    PROFILER_ROLE: 'peer',
    PROFILER_OUT: 'traces',
    PROFILER_MAX_BYTES: '5',
    PROFILER_SAMPLE: '10%',
    PROFILER_CGROUPS: 'a,,b',
    PROFILER_REDACT: 'a,[]',
    PROFILER_TIER: 'E',
    PROFILER_OBJECT: 'x.o',
    PROFILER_COLOUR: 'red',
  };
  expect(problemsOf(wrong)).toEqual([
    'PROFILER_COLOUR: there is no such setting, did you mean PROFILER_ROLE? docs/profiler.md lists them all',
    'PROFILER_SCOPE: `all` is not `containers` or `host`',
    'PROFILER_PORTS: `8080-80` is not a list of ports and ranges, at most 16, such as `8080,18080-18099`',
    'PROFILER_ROLE: `peer` is not `server`, `client` or `both`',
    'PROFILER_OUT: `traces` is not an absolute path',
    'PROFILER_MAX_BYTES: `5` is not a number of bytes of at least 65536',
    'PROFILER_CGROUPS: `a,,b` is not a list of names',
    'PROFILER_SAMPLE: `10%` is not a fraction such as `1/10`',
    'PROFILER_REDACT: `a,[]` is not a list of words',
    'PROFILER_TIER: `E` is not `A`, `B`, `C` or `D`',
    'PROFILER_OBJECT: `x.o` is not an absolute path',
  ]);
});

const sixteen = Array.from({ length: 16 }, (_, index) => index + 1).join();

test.each([
  ['SCOPE', ['containers', 'host'], ['Host']],
  [
    'PORTS',
    ['1', '65535', '7-7,1-65535', sixteen],
    ['0', '0-5', '65536', '1-65536', 'x', '1-', '80 90', `${sixteen},17`],
  ],
  ['ROLE', ['server', 'client', 'both'], ['server,client']],
  ['MAX_BYTES', ['65536', '999999999999999'], ['65535', '64k', '1e6', '1'.repeat(16)]],
  ['SAMPLE', ['1/1', '1/999999999'], ['1/0', '2/3', '1', '1/']],
  ['TIER', ['A', 'B', 'C', 'D'], ['a', 'AB']],
  ['REDACT', ['\u00fc'], ['-']],
])('PROFILER_%s takes what it may and refuses all else', (name, taken, refused) => {
  const problems = [...taken, ...refused].map((value) => problemsOf({ [`PROFILER_${name}`]: value }));
  expect(problems.map((each) => each.length)).toEqual([...taken.map(() => 0), ...refused.map(() => 1)]);
});

test('the header of a trace tells what the settings leave out', () => {
  expect(leftOut(readSettings({}))).toEqual([]);
  expect(leftOut(readSettings({ PROFILER_PORTS: '80,8000-8099', PROFILER_CGROUPS: 'web-*,db' }))).toEqual([
    'ports other than 80, 8000-8099, and Unix sockets, which have none',
    'containers, services and cgroups other than web-*, db',
  ]);
});

test.each([
  ['PROFILER_REDCAT', 'PROFILER_REDACT'],
  ['PROFILER_PORT', 'PROFILER_PORTS'],
  ['PROFILER_MAXBYTES', 'PROFILER_MAX_BYTES'],
  ['PROFILER_CGROUP', 'PROFILER_CGROUPS'],
  ['profiler_sample', 'PROFILER_SAMPLE'],
])('%s is refused, with the name that was meant: %s', (name, meant) => {
  const [problem, ...others] = unknownSettings({ [name]: 'x', PATH: '/bin', PROFILER_TIER: 'A' });
  expect(problem).toContain(`${name}: there is no such setting, did you mean ${meant}?`);
  expect(others).toEqual([]);
});
