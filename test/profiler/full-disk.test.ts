/** A full disk: what could not be written is counted, and told as soon as there is room. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { textFormat } from '../../container/profiler/src/sinks/text.ts';
import { openStatus, type Status } from '../../container/profiler/src/status.ts';
import { header, tell } from '../helpers/told.ts';
import { folderForEach, linesIn, openTrace, write } from '../helpers/trace.ts';

const folderOf = folderForEach();
const openFile = (maxBytes?: number) => openTrace(folderOf(), maxBytes);
const linesOf = (name: string) => linesIn(join(folderOf(), name));

/** A disk of so many kilobytes, which can be given more room. */
function smallDisk(context: TestContext, kilobytes: number) {
  const mount = (...options: string[]) => spawnSync('mount', [...options, 'tmpfs', folderOf()]).status;
  context.skip(mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`) !== 0, 'mounting a small disk needs root');
  return {
    enlarge: () => expect(mount('-o', 'remount,size=1m')).toBe(0),
    // The sink still holds its file.
    [Symbol.dispose]: () => void spawnSync('umount', ['--lazy', folderOf()]),
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
  expect(readFileSync(join(folderOf(), 'trace'), 'utf8').endsWith('\n')).toBe(true);
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
  writeFileSync(join(folderOf(), 'other'), Buffer.alloc(8192));
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

test('half a line that was there before the disk was full does not take the next one with it when there is room', (context) => {
  using _disk = smallDisk(context, 8);
  const sink = openFile();
  writeFileSync(join(folderOf(), 'other'), Buffer.alloc(4096));
  writeFileSync(join(folderOf(), 'trace'), 'one\ntw');
  expect(write(sink, `/${'x'.repeat(5_000)}`)).toBe(1);
  expect(write(sink, '/a')).toBe(0);
  expect(linesOf('trace').map((line) => line.slice(0, 6))).toEqual(['one', 'tw', '# loss', '2023-1']);
});

test('a state for which there is no room is told later', (context) => {
  using disk = smallDisk(context, 8);
  const tellState = openStatus(join(folderOf(), 'profiler.json'));
  writeFileSync(join(folderOf(), 'other'), Buffer.alloc(8192));
  const status: Status = { state: 'attached', tier: 'A', hooks: [], kernel: '6', why: 'so', counters: {} };
  tellState(status);
  disk.enlarge();
  tellState(status);
  expect(JSON.parse(readFileSync(join(folderOf(), 'profiler.json'), 'utf8'))).toEqual(status);
});
