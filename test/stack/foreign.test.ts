/** What may not be changed in the checkout is told with the command that mends it. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Context } from 'zx-tasks';
import { unlessForeign } from '../../tasks/lib/foreign.ts';
import { run as fixRuntime } from '../../tasks/scripts/fix-runtime.ts';
import { ranOf } from '../helpers/script-context.ts';

const refused = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

test.each(['EACCES', 'EPERM'])('%s on a path is told with its remedy', async (code) => {
  await expect(unlessForeign('/my shop', '.tasks', () => Promise.reject(refused(code)))).rejects.toMatchObject({
    message: '.tasks belongs to another user, perhaps because of an earlier run as root',
    remedy: 'sudo chown -R "$(id -un)" .tasks',
  });
});

test('a checkout that is mounted read-only is told with what makes one that is not', async (context) => {
  const root = await mkdtemp(join(tmpdir(), 'my shop-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', root]).status === 0;
  try {
    context.skip(!isMounted, 'mounting a small disk needs root');
    const caller: Partial<Context> = {
      root,
      platform: { os: 'linux', arch: 'x64', pretended: false },
      run: async (command) => ranOf(command.join(' '), 'not-found'),
    };
    await expect(fixRuntime(caller as Context)).rejects.toMatchObject({
      message: `.tasks cannot be written: ${root} is on a file system that is mounted read-only`,
      remedy: `cp -R '${root}' ~/  # and use the copy`,
    });
  } finally {
    if (isMounted) spawnSync('umount', [root]);
    await rmdir(root);
  }
});

test('any other error stays what it is, and a result too', async () => {
  const error = refused('ENOSPC');
  await expect(unlessForeign('/my shop', '.tasks', () => Promise.reject(error))).rejects.toBe(error);
  await expect(unlessForeign('/my shop', '.tasks', () => Promise.resolve(3))).resolves.toBe(3);
});
