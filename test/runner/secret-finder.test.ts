/** Outputs with a secret in them are found, whatever their size, so that none gets into a cache. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeSecretFinder } from '../../tasks/runner/cache/secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = 'correct-horse-battery';
const { isInFile, isInText } = makeSecretFinder([secret]);
const holds = (content: Buffer): boolean => {
  const file = join(folder, 'output');
  writeFileSync(file, content);
  return isInFile(file);
};

/** A file is read in pieces of so much. */
const piece = 1024 * 1024;

test('a secret is found wherever it stands in a large output', () => {
  const content = Buffer.alloc(2 * piece + 1_000, 'x');
  expect(holds(content)).toBe(false);
  for (const at of [
    0,
    piece - 30,
    piece - 21,
    piece - 20,
    piece - 10,
    piece - 1,
    piece,
    2 * piece - 10,
    2 * piece + 979,
  ]) {
    const withSecret = Buffer.from(content);
    withSecret.write(secret, at);
    expect([at, holds(withSecret)]).toEqual([at, true]);
  }
});

test('parts of one at the ends of an output are none', () => {
  const content = Buffer.alloc(piece + 500, 'x');
  content.write(secret.slice(10), 0);
  content.write(secret.slice(10), piece);
  content.write(secret.slice(0, 10), piece + 490);
  expect(holds(content)).toBe(false);
});

test('where nothing is secret, nothing is found', () => {
  const none = makeSecretFinder([]);
  writeFileSync(join(folder, 'output'), secret);
  expect([none.isInText(secret), none.isInFile(join(folder, 'output'))]).toEqual([false, false]);
  expect([isInText(`out/${secret}`), isInText('out/horse')]).toEqual([true, false]);
});
