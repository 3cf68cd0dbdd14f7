import { expect, test } from 'vitest';
import { leftOut } from '../../container/profiler/src/left-out.ts';
import { unknownSettings } from '../../container/profiler/src/setting-names.ts';
import { readSettings, SettingsError } from '../../container/profiler/src/settings.ts';

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
    PROFILER_COLOUR: 'red',
  };
  expect(() => readSettings(wrong)).toThrow(SettingsError);
  try {
    readSettings(wrong);
  } catch (error) {
    expect((error as SettingsError).problems).toEqual([
      'PROFILER_COLOUR: there is no such setting, did you mean PROFILER_ROLE? docs/profiler.md lists them all',
      'PROFILER_SCOPE: `all` is not `containers` or `host`',
      'PROFILER_PORTS: `8080-80` is not a list of ports and ranges, at most 16, such as `8080,18080-18099`',
      'PROFILER_ROLE: `peer` is not `server`, `client` or `both`',
      'PROFILER_OUT: `traces` is not an absolute path',
      'PROFILER_MAX_BYTES: `5` is not a number of bytes of at least 65536',
      'PROFILER_CGROUPS: `a,,b` is not a list of names',
      'PROFILER_SAMPLE: `10%` is not a fraction such as `1/10`',
      'PROFILER_REDACT: `a,[]` is not a list of words',
    ]);
  }
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
