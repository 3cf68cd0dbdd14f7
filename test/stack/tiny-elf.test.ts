import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tinyElf } from '../../tasks/lib/tiny-elf.ts';

test('the program of this machine runs and ends with 0', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-elf-'));
  try {
    const path = join(folder, 'exit');
    await writeFile(path, tinyElf(process.arch) ?? '');
    await chmod(path, 0o755);
    expect(spawnSync(path)).toMatchObject({ status: 0, signal: null });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the arm64 program is three instructions behind its headers', () => {
  const elf = Buffer.from(tinyElf('arm64') ?? []);
  expect(elf.readUInt16LE(18)).toBe(183);
  expect(elf.subarray(120).toString('hex')).toBe('000080d2a80b80d2010000d4');
});

test('an architecture without a program is said to have none', () => {
  expect(tinyElf('riscv64')).toBeUndefined();
});
