/** Paths in commands that somebody copies. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord, stopIn } from '../../tasks/lib/shell-word.ts';

test.each(['/home/me/shop', '/home/me/my shop', "/tmp/it's", '/tmp/$HOME', '/tmp/a;b', '/tmp/ä'])(
  'a shell reads %s as it is',
  (path) => {
    expect(spawnSync('sh', ['-c', `printf %s ${shellWord(path)}`], { encoding: 'utf8' }).stdout).toBe(path);
  },
);

test('a plain path stays readable, and one with a space is quoted', () => {
  expect(stopIn('/home/me/shop')).toBe('cd /home/me/shop && npx tasks down');
  expect(stopIn('/home/me/my shop')).toBe("cd '/home/me/my shop' && npx tasks down");
});
