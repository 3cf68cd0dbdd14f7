/** What `clean` removes, of an engine that is only told about. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Context } from 'zx-tasks';
import { run as clean } from '../../tasks/scripts/clean.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

test('what an interrupted check has built goes with the other images', async () => {
  const root = await mkdtemp(join(tmpdir(), 'clean-'));
  const here = ['localhost/profiler-app', 'localhost/tasks-check-start'];
  const removed: string[] = [];
  const context: Pick<Context, 'root' | 'log' | 'engine' | 'run' | 'heldByOthers'> = {
    root,
    log: () => {},
    heldByOthers: () => [],
    engine: async () => engineOf({ name: 'docker', command: ['docker'] }),
    run: async (command) => {
      const name = command.at(-1) ?? '';
      if (command.includes('rmi')) removed.push(name);
      return ranOf(command.join(' '), { code: here.includes(name) ? 0 : 1, stdout: '', stderr: '' });
    },
  };
  await clean(context as Context);
  await rm(root, { recursive: true });
  expect(removed).toEqual(here);
});
