/** The eBPF sources look alike: as one version of clang-format writes them, since the next may differ. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../bpf');
const major = 14;
const version = spawnSync('clang-format', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const isHere = version.includes(` version ${major}.`);

test.skipIf(!isHere)('the eBPF sources are formatted', () => {
  const files = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  expect(files).toContain('http_probe.bpf.c');
  const { status, stderr } = spawnSync('clang-format', ['--dry-run', '--Werror', ...files], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
