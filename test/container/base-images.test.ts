/** Base images made from packages, where that fails. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { baseImages } from '../../tasks/lib/base-images.ts';
import { podman, run, tasks } from '../helpers/checkout.ts';

test('a mirror that does not answer makes no empty image, which the doctor would take for one', async (context) => {
  context.skip(process.getuid?.() !== 0, 'calling another mmdebstrap needs root');
  const [debian] = baseImages;
  const name = debian?.bootstrapped ?? '';
  const idOf = async () => (await run(['podman', 'image', 'inspect', '--format', '{{.Id}}', name])).output;
  const before = await idOf();
  const folder = await mkdtemp(join(tmpdir(), 'mirror-'));
  try {
    const failing = '#!/bin/sh\n[ "$1" = --version ] || { echo "E: cannot fetch" >&2; exit 25; }\n';
    await writeFile(join(folder, 'mmdebstrap'), failing, { mode: 0o755 });
    const failed = await tasks(['fix-base-images'], { env: { PATH: `${folder}:${process.env.PATH}` } });
    expect(failed).toMatchObject({ code: 25, output: expect.stringContaining('E: cannot fetch') });
    expect(await idOf()).toBe(before);
  } finally {
    if (before !== (await idOf()) && /^[0-9a-f]{64}$/.test(before.trim())) podman('tag', before.trim(), name);
    await rm(folder, { recursive: true });
  }
});
