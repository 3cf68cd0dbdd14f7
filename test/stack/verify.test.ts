import { expect, test } from 'vitest';
import { parseTraceLine, type TraceLine } from '../../tasks/lib/trace-lines.ts';
import type { Run } from '../../tasks/lib/traffic.ts';
import { compare, formatTable } from '../../tasks/lib/verify.ts';

const container = 'profiler-app-1';
const sent = { method: 'GET', target: '/users?run-1=1', status: 200 };
const run: Run = { marker: 'run-1', port: 8080, sent: [sent] };
const traced: TraceLine = {
  time: '2026-01-01T00:00:00.000000Z',
  method: 'GET',
  target: '/users?run-1=1',
  status: 200,
  durationMs: 1.25,
  container,
  role: 'server',
};

test('a trace line is read into its parts', () => {
  const line =
    '2026-01-01T00:00:00.000000Z GET /users?run-1=1 200 1.250ms profiler-app-1 server 10.0.0.2:8080<->10.0.0.1:40000';
  expect(parseTraceLine(line)).toEqual(traced);
});

test('a line without status, duration and container is read too', () => {
  expect(parseTraceLine('2026-01-01T00:00:00.000000Z GET / - - - client [::1]:80<->unix:/run/a')).toMatchObject({
    status: null,
    durationMs: null,
    container: null,
    role: 'client',
  });
});

test.each([
  '# loss ring-full 3',
  '2026-01-01T00:00:00.000000Z GET /half 200 1.2',
  '',
  'x GET / 200 1.250ms c proxy a<->b',
])('what is no exchange is not read as one: `%s`', (line) => {
  expect(parseTraceLine(line)).toBeUndefined();
});

test('a request traced once as it was sent is exact', () => {
  expect(compare(run, [traced], container)).toMatchObject({ wrong: 0, invented: [] });
});

test.each<[string, readonly TraceLine[], string]>([
  ['not at all', [], 'not traced'],
  ['twice', [traced, traced], 'traced 2 times'],
  ['with another method', [{ ...traced, method: 'PUT' }], 'traced as PUT'],
  ['with another status', [{ ...traced, status: 500 }], 'traced with status 500, the client saw 200'],
  ['without a status', [{ ...traced, status: null }], 'traced with status -, the client saw 200'],
  ['without a duration', [{ ...traced, durationMs: null }], 'traced without a duration'],
  ['in another container', [{ ...traced, container: 'other' }], 'traced in other, not in profiler-app-1'],
  ['in no container', [{ ...traced, container: null }], 'traced in no container, not in profiler-app-1'],
  ["only at the client's end", [{ ...traced, role: 'client' }], 'not traced'],
])('a request traced %s is not exact', (_how, lines, problem) => {
  const verdict = compare(run, lines, container);
  expect(verdict.wrong).toBe(1);
  expect(verdict.rows[0]?.problem).toBe(problem);
});

test('an exchange that nobody sent is not exact', () => {
  const verdict = compare(run, [traced, { ...traced, target: '/users?run-1=99' }], container);
  expect(verdict).toMatchObject({ wrong: 1, invented: [{ target: '/users?run-1=99' }] });
});

test('a request that got no answer is not exact, whatever the trace says', () => {
  const unanswered: Run = { ...run, sent: [{ ...sent, status: null, problem: 'ECONNREFUSED' }] };
  expect(compare(unanswered, [], container).rows[0]?.problem).toBe('ECONNREFUSED');
});

test('the table shows what was sent, what was traced and what is wrong', () => {
  expect(
    formatTable(compare(run, [traced, { ...traced, method: 'PUT', target: '/ghost?run-1=2' }], container)),
  ).toEqual([
    '   METHOD  TARGET          STATUS  DURATION  CONTAINER',
    '✔  GET     /users?run-1=1  200     1.250 ms  profiler-app-1',
    '✖  PUT     /ghost?run-1=2  200     -         profiler-app-1  never sent',
  ]);
});
