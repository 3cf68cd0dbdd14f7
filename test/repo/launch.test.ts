/** `npx tasks` where it cannot start. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

test.each([
  ['checkout', () => 'error: this checkout is not set up\nhint: run `npm ci` first\n'],
  [
    'a:b',
    (root: string) => `error: the path of this checkout has a \`:\`: ${root}\nhint: move it to a path without one\n`,
  ],
])('in `%s`, where nothing is installed, it says what to do', (name, said) => {
  const folder = mkdtempSync(join(tmpdir(), 'launch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const root = join(folder, name);
  mkdirSync(root);
  const launch = join(root, 'tasks/launch.cjs');
  cpSync(resolve(import.meta.dirname, '../../tasks/launch.cjs'), launch);
  const { status, stdout, stderr } = spawnSync(process.execPath, [launch, 'up'], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: said(root) });
});
