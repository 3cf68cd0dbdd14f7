/** `npm test` where it cannot run. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { read } from '../helpers/tree.ts';

test('on a Mac it starts nothing and names the tests that run there, as CONTRIBUTING.md does', () => {
  const root = resolve(import.meta.dirname, '../..');
  const onMac = "data:text/javascript,Object.defineProperty(process, 'platform', { value: 'darwin' })";
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', onMac, join(root, 'test/run.mjs')], {
    encoding: 'utf8',
  });
  const [, command = ''] = /On a Mac, .*`(npx vitest [^`]+)`/.exec(read('CONTRIBUTING.md')) ?? [];
  expect({ status, stdout, stderr }).toEqual({
    status: 4,
    stdout: '',
    stderr: `npm test: the whole suite needs Linux; here run \`${command}\`\n`,
  });
});
