/** What belongs to somebody else in the checkout is told with the command that mends it. */
import { expect, test } from 'vitest';
import { unlessForeign } from '../../tasks/lib/foreign.ts';

const refused = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

test.each(['EACCES', 'EPERM'])('%s on a path is told with its remedy', async (code) => {
  await expect(unlessForeign('.tasks', () => Promise.reject(refused(code)))).rejects.toMatchObject({
    message: '.tasks belongs to another user, perhaps because of an earlier run as root',
    remedy: 'sudo chown -R "$(id -un)" .tasks',
  });
});

test('any other error stays what it is, and a result too', async () => {
  const error = refused('ENOSPC');
  await expect(unlessForeign('.tasks', () => Promise.reject(error))).rejects.toBe(error);
  await expect(unlessForeign('.tasks', () => Promise.resolve(3))).resolves.toBe(3);
});
