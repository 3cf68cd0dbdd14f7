/** The list of containers, as it comes, goes and cannot be read. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchNames } from '../../container/profiler/src/names.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'names-'));
  path = join(folder, 'containers.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string): void => {
  writeFileSync(`${path}.new`, JSON.stringify([{ id: 'a', name }]));
  renameSync(`${path}.new`, path);
};
const changedTo = (name: string) => ({
  state: 'changed',
  names: new Map([['a', { id: 'a', name, image: null, service: null }]]),
});

test('the list is given when it has changed, and one that is not there or half written is none', () => {
  const look = watchNames(path);
  expect(look()).toEqual({ state: 'as-before' });
  writeFileSync(path, '[{"id":');
  expect(look()).toEqual({ state: 'as-before' });
  write('web');
  expect(look()).toEqual(changedTo('web'));
  expect(look()).toEqual({ state: 'as-before' });
  write('db');
  expect(look()).toEqual(changedTo('db'));
});

test('one that stays what no list can be is told as that, unless it is empty', () => {
  const look = watchNames(path);
  writeFileSync(path, '');
  for (const _ of [1, 2]) expect(look()).toEqual({ state: 'as-before' });
  // As the engines’ own lists are.
  writeFileSync(path, '[{"Id":"a","Name":"/web"}]');
  expect(look()).toEqual({ state: 'as-before' });
  for (const _ of [1, 2])
    expect(look()).toEqual({
      state: 'unreadable',
      why: expect.stringMatching(/containers\.json` cannot be read \(it is not a list of `{"id":…,"name":…}`\), so/),
    });
  write('web');
  expect(look()).toEqual(changedTo('web'));
});

// Root may read every file, so that a file without rights would not do.
test.each([
  ['EISDIR', () => mkdirSync(path), () => rmdirSync(path)],
  ['ELOOP', () => symlinkSync(path, path), () => unlinkSync(path)],
])('a list that the system does not let be read (%s) is not fatal, and is read once it can be', (code, spoil, mend) => {
  const look = watchNames(path);
  write('web');
  look();
  unlinkSync(path);
  spoil();
  for (const _ of [1, 2])
    expect(look()).toEqual({
      state: 'unreadable',
      why: `\`${path}\` cannot be read (${code}), so containers have no new names: remove it, and write it anew: \`npx tasks status\` does so for the stack of \`npx tasks up\`, elsewhere the commands of docs/production.md do`,
    });
  mend();
  expect(look()).toEqual({ state: 'as-before' });
  write('db');
  expect(look()).toEqual(changedTo('db'));
});

test.each([
  ['is no file', () => execFileSync('mkfifo', [path])],
  ['is no file', () => symlinkSync('/dev/zero', path)],
  [
    'is larger than 16 MiB',
    () => {
      writeFileSync(path, '');
      truncateSync(path, 2 ** 40);
    },
  ],
])('a list that %s is not waited for, nor read without end', (what, spoil) => {
  const look = watchNames(path);
  spoil();
  expect(look()).toEqual({
    state: 'unreadable',
    why: expect.stringMatching(`^\`${path}\` ${what}, so containers have no new names: remove it, and write it anew`),
  });
  unlinkSync(path);
  write('db');
  expect(look()).toEqual(changedTo('db'));
});
