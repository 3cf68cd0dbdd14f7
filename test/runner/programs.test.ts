/** Which folders of programs come first on a task's PATH. */
import { expect, test } from 'vitest';
import { withPrograms, withProgramsBelow } from '../../tasks/runner/config/programs.ts';

const me = 1000;
type Owners = Readonly<Record<string, number | readonly number[]>>;
/** A machine with these folders, and whose they are. */
function machine(owners: Owners) {
  const user = { uid: me, gid: me, name: 'me', home: '/home/me' };
  return { user, exists: (path: string) => path in owners, ownersOf: (path: string) => [owners[path] ?? []].flat() };
}

const path = (owners: Owners, PATH = '/usr/bin', root = '/home/me/a') =>
  withPrograms({ PATH }, machine(owners), root).PATH;

test.each([
  ['a project without packages', {}, '/usr/bin'],
  [
    'packages that are still to be installed',
    { '/home/me/a/package.json': me },
    '/home/me/a/node_modules/.bin:/usr/bin',
  ],
  [
    'packages of the project and of the one around it',
    { '/home/me/a/node_modules': me, '/home/me/node_modules': me, '/home/me/node_modules/.bin': me },
    '/home/me/a/node_modules/.bin:/home/me/node_modules/.bin:/usr/bin',
  ],
  [
    'packages above that somebody else has put there',
    { '/home/node_modules': 7, '/home/node_modules/.bin': 7 },
    '/usr/bin',
  ],
  [
    'a link that somebody else has put there',
    { '/home/node_modules': me, '/home/node_modules/.bin': [7, 0] },
    '/usr/bin',
  ],
  [
    'packages of root in a folder of somebody else',
    { '/home/node_modules': 7, '/home/node_modules/.bin': 0 },
    '/usr/bin',
  ],
  [
    'packages above that root has put there',
    { '/node_modules': 0, '/node_modules/.bin': 0 },
    '/node_modules/.bin:/usr/bin',
  ],
])('of %s', (_name, owners, expected) => {
  expect(path(owners)).toBe(expected);
});

test('what is on the PATH already stays where it is, and where there is no PATH none is made', () => {
  const owners = { '/home/me/a/package.json': me };
  const PATH = '/opt/x:/home/me/a/node_modules/.bin:/usr/bin';
  expect(path(owners, PATH)).toBe(PATH);
  expect(withPrograms({}, machine(owners), '/home/me/a')).toEqual({});
});

test('a task in a folder of its own has the programs of that folder before those of the project', () => {
  const host = machine({ '/p/web/package.json': me, '/p/web/src/node_modules': me, '/p/package.json': me });
  const below = (cwd: string) => withProgramsBelow({ PATH: '/p/node_modules/.bin' }, host, { root: '/p', cwd }).PATH;
  expect(below('/p/web/src')).toBe('/p/web/src/node_modules/.bin:/p/web/node_modules/.bin:/p/node_modules/.bin');
  expect(below('/p')).toBe('/p/node_modules/.bin');
  expect(below('/elsewhere')).toBe('/p/node_modules/.bin');
});
