/** The file of a trace: it is set aside, moved, removed, and never outgrows its size. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileSink } from '../../container/profiler/src/sinks/file.ts';
import type { Sink } from '../../container/profiler/src/sinks/sink.ts';
import { textFormat } from '../../container/profiler/src/sinks/text.ts';
import { openTraceFile } from '../../container/profiler/src/sinks/trace-file.ts';
import { openStatus } from '../../container/profiler/src/status.ts';
import { header, tell } from '../helpers/told.ts';
import { folderForEach, linesIn, openTrace, write } from '../helpers/trace.ts';

const folderOf = folderForEach();
const openFile = (maxBytes?: number) => openTrace(folderOf(), maxBytes);
const linesOf = (name: string) => linesIn(join(folderOf(), name));

/** Two times what a trace of 1000 bytes holds, and a little. */
const fill = (sink: Sink, target = '/a'): void => {
  for (let n = 0; n < 25; n++) write(sink, target);
};

test('a restarted profiler appends', () => {
  writeFileSync(join(folderOf(), 'trace'), '');
  for (const _ of [1, 2]) {
    const sink = openFileSink(join(folderOf(), 'trace'), textFormat, 1 << 20);
    sink.exchange(tell());
    expect(sink.flush()).toBe(0);
  }
  expect(linesOf('trace')).toHaveLength(2);
});

test('half a line of a profiler that was killed does not take the next one with it', () => {
  writeFileSync(join(folderOf(), 'trace'), 'one\ntw');
  const sink = openFileSink(join(folderOf(), 'trace'), textFormat, 1 << 20);
  for (const _ of [1, 2]) write(sink, '/a');
  expect(linesOf('trace').slice(0, 2)).toEqual(['one', 'tw']);
  expect(linesOf('trace')).toHaveLength(4);
});

test('a trace that does not exist is made where the folder is there', () => {
  const sink = openFileSink(join(folderOf(), 'trace'), textFormat, 1 << 20);
  sink.exchange(tell());
  sink.flush();
  expect(linesOf('trace')).toHaveLength(1);
  expect(() => openFileSink(join(folderOf(), 'none/trace'), textFormat, 1 << 20)).toThrow('ENOENT');
});

test('files of somebody else are taken in a folder in which everybody may make files', (context) => {
  context.skip(process.getuid?.() !== 0, 'giving files to somebody else needs root');
  chmodSync(folderOf(), 0o1777);
  for (const name of ['trace', 'trace.1']) {
    writeFileSync(join(folderOf(), name), '');
    chownSync(join(folderOf(), name), 12_345, 12_345);
  }
  const sink = openFileSink(join(folderOf(), 'trace'), textFormat, 1_000);
  fill(sink);
  expect(linesOf('trace.1').length).toBeGreaterThan(5);
});

const targetsIn = (name: string) => linesOf(name).flatMap((line) => / (\/\w+) /.exec(line)?.[1] ?? []);

test.each([
  ['moved, and an empty one made in its place', (path: string) => writeFileSync(path, ''), 0o644],
  ['moved', () => {}, 0o606],
])('a trace that is %s goes on at its path, with its header', (_, replace, mode) => {
  const sink = openFile();
  sink.header(header);
  for (const target of ['/one', '/two']) write(sink, target);
  chmodSync(join(folderOf(), 'trace'), 0o606);
  renameSync(join(folderOf(), 'trace'), join(folderOf(), 'trace.1'));
  replace(join(folderOf(), 'trace'));
  for (const target of ['/three', '/four']) write(sink, target);
  expect([targetsIn('trace.1'), targetsIn('trace')]).toEqual([
    ['/one', '/two'],
    ['/three', '/four'],
  ]);
  expect(statSync(join(folderOf(), 'trace')).mode & 0o777).toBe(mode);
  for (const name of ['trace', 'trace.1']) {
    expect(linesOf(name)[0]).toMatch(/^# http-trace/);
    expect(linesOf(name).filter((line) => line.startsWith('# http-trace'))).toHaveLength(1);
  }
});

test('a trace that somebody has copied and emptied begins with its header anew', () => {
  const sink = openFile();
  sink.header(header);
  write(sink, '/before');
  truncateSync(join(folderOf(), 'trace'));
  for (const target of ['/after', '/later']) write(sink, target);
  expect(targetsIn('trace')).toEqual(['/after', '/later']);
  expect(linesOf('trace')[0]).toMatch(/^# http-trace/);
  expect(linesOf('trace').filter((line) => line.startsWith('# http-trace'))).toHaveLength(1);
});

test('a trace that cannot be made anew is missed, and goes on as soon as it can', () => {
  const sink = openFile();
  rmSync(join(folderOf(), 'trace'));
  mkdirSync(join(folderOf(), 'trace'));
  expect(write(sink, '/missed')).toBe(1);
  rmdirSync(join(folderOf(), 'trace'));
  expect(write(sink, '/after')).toBe(0);
  expect(targetsIn('trace')).toEqual(['/after']);
});

test('of a trace that is moved often one file is open', () => {
  const sink = openFile();
  const openFiles = () => readdirSync('/dev/fd').length;
  const before = openFiles();
  for (let n = 0; n < 5; n++) {
    renameSync(join(folderOf(), 'trace'), join(folderOf(), `trace.${n}`));
    write(sink, '/a');
  }
  expect(openFiles()).toBe(before);
});

test('the file that is written to is never the one to which it is set aside', () => {
  const sink = openFile(1_000);
  rmSync(join(folderOf(), 'trace.1'));
  linkSync(join(folderOf(), 'trace'), join(folderOf(), 'trace.1'));
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
    expect(statSync(join(folderOf(), 'trace')).size).toBeLessThanOrEqual(1_000);
  }
  expect(linesOf('trace')[0]).toMatch(/^# http-trace/);
  const kept = [...linesOf('trace.1'), ...linesOf('trace')].filter((line) => !line.startsWith('#'));
  expect(kept.at(-1)).toContain(` /${told - 1} `);
  const numbers = kept.map((line) => Number(/ \/(\d+) /.exec(line)?.[1]));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

test('what is set aside goes to a file that is made anew, with the rights of the trace, where somebody removed it', () => {
  const sink = openFile(1_000);
  chmodSync(join(folderOf(), 'trace'), 0o600);
  rmSync(join(folderOf(), 'trace.1'));
  fill(sink);
  expect(linesOf('trace.1').length).toBeGreaterThan(5);
  expect(statSync(join(folderOf(), 'trace.1')).mode & 0o777).toBe(0o600);
  expect(linesOf('trace').filter((line) => line.startsWith('#'))).toEqual([]);
});

test('where it cannot be set aside, the trace begins anew, and says how much is gone', () => {
  const sink = openFile(1_000);
  rmSync(join(folderOf(), 'trace.1'));
  mkdirSync(join(folderOf(), 'trace.1'));
  sink.header(header);
  fill(sink);
  const [first, ...others] = linesOf('trace').filter((line) => !/^# (tier|scope|not seen|TIME)/.test(line));
  expect(first).toMatch(/^# http-trace/);
  expect(others[0]).toMatch(/^# loss bytes of older lines, because they could not be set aside: \d{4} since /);
  expect(statSync(join(folderOf(), 'trace')).size).toBeLessThan(2_000);
});

test('no trace outgrows its size, however much comes at once and however long the lines are', () => {
  const maxBytes = 65_536;
  const sink = openFile(maxBytes);
  sink.header(header);
  const lengths = [10, 48_000, 100, 30_000, 30_000, 20_000];
  for (let n = 0; n < 200; n++) {
    sink.exchange(tell({ target: `/${'x'.repeat(lengths[n % lengths.length] ?? 0)}` }));
    if (n % 7 === 0) sink.flush();
    for (const name of ['trace', 'trace.1'])
      expect(statSync(join(folderOf(), name)).size).toBeLessThanOrEqual(maxBytes);
  }
  expect(statSync(join(folderOf(), 'trace.1')).size).toBeGreaterThan(0);
});

test('a profiler that is behind writes while it reads, and holds no more than a megabyte of lines', () => {
  const sink = openFile(1 << 30);
  const told = 40;
  const heldMost = Array.from({ length: told }, (_, n) => {
    sink.exchange(tell({ target: `/${n}/${'x'.repeat(100_000)}` }));
    return (n + 1) * 100_000 - statSync(join(folderOf(), 'trace')).size;
  });
  expect(Math.max(...heldMost)).toBeLessThan(1_200_000);
  expect(sink.flush()).toBe(0);
  expect(linesOf('trace').map((line) => Number(/ \/(\d+)\//.exec(line)?.[1]))).toEqual([...Array(told).keys()]);
});

test('what the system refuses of an open file is told with its name', () => {
  const pipe = join(folderOf(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const refused = (what: string, path: string) => expect.objectContaining({ syscall: what, path });
  expect(() => openTraceFile(pipe).setAside()).toThrow(refused('ftruncate', pipe));
  const status = { state: 'failed', tier: null, hooks: [], kernel: '', why: '', counters: {} } as const;
  expect(() => openStatus('/dev/zero')(status)).toThrow(refused('ftruncate', '/dev/zero'));
});

test('a pipe in place of what is set aside is not waited for: what could not be set aside is counted', () => {
  const sink = openFile(1_000);
  rmSync(join(folderOf(), 'trace.1'));
  execFileSync('mkfifo', [join(folderOf(), 'trace.1')]);
  fill(sink);
  expect(linesOf('trace').some((line) => line.startsWith('# loss bytes of older lines'))).toBe(true);
});

test('a pipe in place of the state that nobody reads is refused, and not waited for', () => {
  const path = join(folderOf(), 'status');
  execFileSync('mkfifo', [path]);
  expect(() => openStatus(path)).toThrow('ENXIO');
  rmSync(path);
  const tell = openStatus(path);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  const status = { tier: null, hooks: [], kernel: '', why: '', counters: {} };
  tell({ ...status, state: 'attached' });
  rmSync(path);
  tell({ ...status, state: 'paused' });
  expect(linesOf('status')[0]).toContain('paused');
});

test('a pipe in place of a trace is given the header once, although it is always empty', () => {
  const path = join(folderOf(), 'trace');
  execFileSync('mkfifo', [path]);
  const sink = openFileSink(path, textFormat, 1 << 20);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  sink.header(header);
  for (const target of ['/one', '/two', '/three']) write(sink, target);
  const bytes = Buffer.alloc(1 << 16);
  const lines = bytes.toString('latin1', 0, readSync(reader, bytes)).split('\n');
  closeSync(reader);
  expect(lines.filter((line) => line.startsWith('# http-trace'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes(' 200 '))).toHaveLength(3);
});

test('a pipe in place of a trace takes what it can, the rest is counted, and no line has the half of another', () => {
  const path = join(folderOf(), 'trace');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const sink = openFileSink(path, textFormat, 1 << 20);
  const read = (): string => {
    const bytes = Buffer.alloc(1 << 20);
    return bytes.toString('latin1', 0, readSync(reader, bytes));
  };
  let unwritten = 0;
  for (let n = 0; n < 2_000 && unwritten === 0; n++) {
    sink.exchange(tell({ target: `/${'a'.repeat(9_000)}` }));
    unwritten = sink.flush();
  }
  expect(unwritten).toBe(1);
  const first = read();
  sink.exchange(tell({ target: '/z' }));
  expect(sink.flush()).toBe(0);
  const lines = (first + read()).split('\n');
  closeSync(reader);
  expect(first.endsWith('\n')).toBe(false);
  expect(lines.some((line) => / \/z 200 /.test(line) && !line.includes('aaa'))).toBe(true);
  expect(lines).toContain('# loss lines, because they could not be written: 1 since 1970-01-01T00:00:00.000000Z');
});
