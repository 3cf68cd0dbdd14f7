/** What is written: nothing that a request brings can forge a line or speak to a terminal. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest';
import type { Exchange } from '../../container/profiler/src/exchange.ts';
import { openFileSink } from '../../container/profiler/src/sinks/file.ts';
import { jsonFormat } from '../../container/profiler/src/sinks/json.ts';
import type { Header, Sink, Told } from '../../container/profiler/src/sinks/sink.ts';
import { escapeText, textFormat } from '../../container/profiler/src/sinks/text.ts';
import { openStatus, type Status } from '../../container/profiler/src/status.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const container = { id: 'a'.repeat(64), name: 'web-1', image: 'localhost/web', service: 'web' };
const exchange: Exchange = {
  method: 'GET',
  target: '/users/1',
  protocol: 'HTTP/1.1',
  role: 'server',
  process: { pid: 42, comm: 'node', container, isWanted: true },
  local: '10.0.0.2:80',
  remote: '[::1]:5000',
  link: '0001',
  requestFirstNs: 1_000_000,
  requestLastNs: 1_500_000,
  responseFirstNs: 2_000_000,
  responseLastNs: 3_345_678,
  requestBytes: 90,
  responseBytes: 200,
  status: 200,
  end: 'complete',
};
const tell = (changes: Partial<Exchange> = {}): Told => ({
  exchange: { ...exchange, ...changes },
  timeUs: 1_700_000_000_123_456,
  target: changes.target ?? exchange.target,
});
const header: Header = {
  startedUs: 0,
  tier: 'A',
  why: 'it is here',
  hooks: ['tp_btf/sys_exit'],
  kernel: '6.1.0',
  scope: 'containers',
  role: 'server',
  sample: 1,
  unseen: ['much'],
};

test('an exchange as text', () => {
  expect(textFormat.exchange(tell())).toBe(
    '2023-11-14T22:13:20.123456Z GET /users/1 200 2.346ms web-1 server 10.0.0.2:80<->[::1]:5000',
  );
});

test('what was not seen is a dash, and a container without a name is its id', () => {
  const unnamed = { ...exchange.process, container: { ...container, name: null } };
  const cut = { status: undefined, responseLastNs: undefined, process: unnamed };
  expect(textFormat.exchange(tell(cut))).toContain(` GET /users/1 - - ${'a'.repeat(12)} server `);
  const ofHost = { process: { ...exchange.process, container: null } };
  expect(textFormat.exchange(tell(ofHost))).toContain(' 2.346ms - server ');
});

test('an exchange as JSON', () => {
  expect(JSON.parse(jsonFormat.exchange(tell()))).toEqual({
    type: 'exchange',
    time: '2023-11-14T22:13:20.123456Z',
    method: 'GET',
    target: '/users/1',
    status: 200,
    end: 'complete',
    protocol: 'HTTP/1.1',
    role: 'server',
    timing: { requestFirst: 0, requestLast: 500, responseFirst: 1000, responseLast: 2346 },
    durationMs: 2.345678,
    requestBytes: 90,
    responseBytes: 200,
    pid: 42,
    comm: 'node',
    container,
    link: '0001',
    queuedUs: null,
    local: '10.0.0.2:80',
    remote: '[::1]:5000',
  });
});

test('a loss, and the header', () => {
  expect(textFormat.loss({ what: 'records, because the ring was full', count: 3, sinceUs: 0 })).toBe(
    '# loss records, because the ring was full: 3 since 1970-01-01T00:00:00.000000Z',
  );
  expect(JSON.parse(jsonFormat.loss({ what: 'x', count: 3, sinceUs: 0 }))).toEqual({
    type: 'loss',
    what: 'x',
    count: 3,
    since: '1970-01-01T00:00:00.000000Z',
  });
  expect(textFormat.header(header).split('\n')).toSatisfy((lines: string[]) => lines.every((line) => /^# /.test(line)));
  expect(JSON.parse(jsonFormat.header(header))).toMatchObject({ type: 'header', tier: 'A', unseen: ['much'] });
});

test.each([
  ['/a b', '/a\\x20b'],
  ['/a\n2023 GET /forged', '/a\\x0a2023\\x20GET\\x20/forged'],
  ['/\u001b[31mred', '/\\x1b[31mred'],
  ['/\u009b31m', '/\\x9b31m'],
  ['/caf\u00e9', '/caf\\xe9'],
  ['/\\x41', '/\\x5cx41'],
  ['\u{1F600}', '\\u{d83d}\\u{de00}'],
])('the text %j is written as %s', (text, expected) => {
  expect(escapeText(text)).toBe(expected);
});

test('whatever a request, a process or a container is called, it is one line of visible ASCII', () => {
  const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(anything, anything, anything, (target, comm, name) => {
      const told = tell({
        target,
        process: { ...exchange.process, comm, container: { ...container, name } },
        remote: `unix:${comm}`,
      });
      expect(textFormat.exchange(told)).toMatch(/^[\x20-\x7e]+$/);
      expect(textFormat.exchange(told).split(' ')).toHaveLength(8);
      const json = jsonFormat.exchange(told);
      expect(json).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(json)).toMatchObject({ target, comm, container: { name } });
    }),
    { numRuns: 60 },
  );
});

const openFile = (maxBytes = 1 << 20, at = folder) => {
  for (const name of ['trace', 'trace.1']) writeFileSync(join(at, name), '');
  return openFileSink(join(at, 'trace'), textFormat, maxBytes);
};
const linesOf = (name: string, at = folder) => readFileSync(join(at, name), 'utf8').split('\n').slice(0, -1);

/** Two times what a trace of 1000 bytes holds, and a little. */
const fill = (sink: Sink, target = '/a'): void => {
  for (let n = 0; n < 25; n++) {
    sink.exchange(tell({ target }));
    sink.flush();
  }
};

test('a restarted profiler appends', () => {
  writeFileSync(join(folder, 'trace'), '');
  for (const _ of [1, 2]) {
    const sink = openFileSink(join(folder, 'trace'), textFormat, 1 << 20);
    sink.exchange(tell());
    expect(sink.flush()).toBe(0);
  }
  expect(linesOf('trace')).toHaveLength(2);
});

test('a trace that does not exist is made where the folder is there', () => {
  const sink = openFileSink(join(folder, 'trace'), textFormat, 1 << 20);
  sink.exchange(tell());
  sink.flush();
  expect(linesOf('trace')).toHaveLength(1);
  expect(() => openFileSink(join(folder, 'none/trace'), textFormat, 1 << 20)).toThrow('ENOENT');
});

const targetsIn = (name: string) => linesOf(name).flatMap((line) => / (\/\w+) /.exec(line)?.[1] ?? []);
const write = (sink: Sink, target: string): number => {
  sink.exchange(tell({ target }));
  return sink.flush();
};

test.each([
  ['moved, and an empty one made in its place', (path: string) => writeFileSync(path, '')],
  ['moved', () => {}],
])('a trace that is %s goes on at its path, with its header', (_, replace) => {
  const sink = openFile();
  sink.header(header);
  write(sink, '/before');
  renameSync(join(folder, 'trace'), join(folder, 'trace.1'));
  replace(join(folder, 'trace'));
  write(sink, '/after');
  expect(targetsIn('trace.1')).toEqual(['/before']);
  expect(targetsIn('trace')).toEqual(['/after']);
  expect(linesOf('trace')[0]).toMatch(/^# http-trace/);
  expect(linesOf('trace').filter((line) => line.startsWith('# http-trace'))).toHaveLength(1);
});

test('a trace that cannot be made anew is missed, and goes on as soon as it can', () => {
  const sink = openFile();
  rmSync(join(folder, 'trace'));
  mkdirSync(join(folder, 'trace'));
  expect(write(sink, '/missed')).toBe(1);
  rmdirSync(join(folder, 'trace'));
  expect(write(sink, '/after')).toBe(0);
  expect(targetsIn('trace')).toEqual(['/after']);
});

test('the file that is written to is never the one to which it is set aside', () => {
  const sink = openFile(1_000);
  rmSync(join(folder, 'trace.1'));
  linkSync(join(folder, 'trace'), join(folder, 'trace.1'));
  fill(sink);
  expect(linesOf('trace')[0]).toMatch(/^# loss bytes of older lines/);
  expect(linesOf('trace').length).toBeGreaterThan(1);
});

test('at its greatest size the trace is set aside, and begins with its header anew', () => {
  const sink = openFile(1_000);
  sink.header(header);
  const told = 40;
  for (let n = 0; n < told; n++) {
    sink.exchange(tell({ target: `/${n}` }));
    sink.flush();
    expect(statSync(join(folder, 'trace')).size).toBeLessThan(1_700);
  }
  expect(linesOf('trace')[0]).toMatch(/^# http-trace/);
  const kept = [...linesOf('trace.1'), ...linesOf('trace')].filter((line) => !line.startsWith('#'));
  expect(kept.at(-1)).toContain(` /${told - 1} `);
  const numbers = kept.map((line) => Number(/ \/(\d+) /.exec(line)?.[1]));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

test('what is set aside goes to a file that is made anew, with the rights of the trace, where somebody removed it', () => {
  const sink = openFile(1_000);
  chmodSync(join(folder, 'trace'), 0o600);
  rmSync(join(folder, 'trace.1'));
  fill(sink);
  expect(linesOf('trace.1').length).toBeGreaterThan(5);
  expect(statSync(join(folder, 'trace.1')).mode & 0o777).toBe(0o600);
  expect(linesOf('trace').filter((line) => line.startsWith('#'))).toEqual([]);
});

test('where it cannot be set aside, the trace begins anew, and says how much is gone', () => {
  const sink = openFile(1_000);
  rmSync(join(folder, 'trace.1'));
  mkdirSync(join(folder, 'trace.1'));
  sink.header(header);
  fill(sink);
  const [first, ...others] = linesOf('trace').filter((line) => !/^# (tier|scope|not seen|TIME)/.test(line));
  expect(first).toMatch(/^# http-trace/);
  expect(others[0]).toMatch(/^# loss bytes of older lines, because they could not be set aside: \d{4} since /);
  expect(statSync(join(folder, 'trace')).size).toBeLessThan(2_000);
});

test('a profiler that is behind writes while it reads, and holds no more than a megabyte of lines', () => {
  const sink = openFile(1 << 30);
  const told = 40;
  const heldMost = Array.from({ length: told }, (_, n) => {
    sink.exchange(tell({ target: `/${n}/${'x'.repeat(100_000)}` }));
    return (n + 1) * 100_000 - statSync(join(folder, 'trace')).size;
  });
  expect(Math.max(...heldMost)).toBeLessThan(1_200_000);
  expect(sink.flush()).toBe(0);
  expect(linesOf('trace').map((line) => Number(/ \/(\d+)\//.exec(line)?.[1]))).toEqual([...Array(told).keys()]);
});

/** A disk of so many kilobytes, which can be given more room. */
function smallDisk(context: TestContext, kilobytes: number) {
  const mount = (...options: string[]) => spawnSync('mount', [...options, 'tmpfs', folder]).status;
  context.skip(mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`) !== 0, 'mounting a small disk needs root');
  return {
    enlarge: () => expect(mount('-o', 'remount,size=1m')).toBe(0),
    // The sink still holds its file.
    [Symbol.dispose]: () => void spawnSync('umount', ['--lazy', folder]),
  };
}

test('on a full disk lines are written whole or not at all, and each trace tells what it lacks once there is room', (context) => {
  using disk = smallDisk(context, 16);
  const sink = openFile();
  let unwritten = 0;
  const told = 400;
  for (let n = 0; n < told; n++) unwritten += write(sink, `/${n}`);
  const lines = linesOf('trace');
  expect(unwritten).toBeGreaterThan(0);
  expect(lines.length + unwritten).toBe(told);
  expect(lines.every((line) => line.endsWith('[::1]:5000'))).toBe(true);
  expect(readFileSync(join(folder, 'trace'), 'utf8').endsWith('\n')).toBe(true);
  sink.loss({ what: 'pieces', count: 1, sinceUs: 0 });
  sink.flush();
  sink.loss({ what: 'pieces', count: 2, sinceUs: 0 });
  expect(linesOf('trace')).toEqual(lines);
  disk.enlarge();
  // Nothing more need happen.
  expect([sink.flush(), sink.flush()]).toEqual([0, 0]);
  write(sink, '/room');
  const [afterwards, since] = [linesOf('trace').slice(lines.length), 'since 1970-01-01T00:00:00.000000Z'];
  expect(afterwards).toEqual([
    `# loss lines, because they could not be written: ${unwritten} ${since}`,
    `# loss pieces: 2 ${since}`,
    textFormat.exchange(tell({ target: '/room' })),
  ]);
});

test('a header for which there was no room is written before all else', (context) => {
  using disk = smallDisk(context, 8);
  const sink = openFile();
  writeFileSync(join(folder, 'other'), Buffer.alloc(8192));
  sink.header(header);
  sink.flush();
  expect(write(sink, '/full')).toBe(1);
  expect(linesOf('trace')).toEqual([]);
  disk.enlarge();
  write(sink, '/room');
  expect(linesOf('trace').filter((line) => !/^# (tier|scope|not seen|TIME)/.test(line))).toEqual([
    expect.stringMatching(/^# http-trace/),
    expect.stringMatching(/^# loss lines, because they could not be written: 1 since/),
    expect.stringContaining(' /room '),
  ]);
});

test('a state for which there is no room is told later', (context) => {
  using disk = smallDisk(context, 8);
  const tellState = openStatus(join(folder, 'profiler.json'));
  writeFileSync(join(folder, 'other'), Buffer.alloc(8192));
  const status: Status = { state: 'attached', tier: 'A', hooks: [], kernel: '6', why: 'so', counters: {} };
  tellState(status);
  disk.enlarge();
  tellState(status);
  expect(JSON.parse(readFileSync(join(folder, 'profiler.json'), 'utf8'))).toEqual(status);
});
