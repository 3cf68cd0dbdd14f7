/** Where notes of sockets lie: two that share a place may each take the other's for missing, which is counted. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root } from '../helpers/checkout.ts';

const folder = mkdtempSync(join(tmpdir(), 'place-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(folder, 'place');
// The compiler of the probe.
execFileSync('clang', [
  '-Wall',
  '-Werror',
  '-I',
  join(root, 'bpf'),
  '-o',
  program,
  join(import.meta.dirname, 'place.c'),
]);

/** As `/proc/slabinfo` has them: bytes of a socket, and sockets in a slab of 32 KiB. */
test.each([
  ['TCP', 2368, 13],
  ['TCPv6', 2496, 13],
])('a thousand sockets of %s lie at a good part of the places', (_, bytes, perSlab) => {
  const slabs = Math.ceil(1000 / perSlab);
  const places = Number(execFileSync(program, [slabs, bytes, perSlab].map(String), { encoding: 'utf8' }));
  expect(places).toBeGreaterThan(256);
});
