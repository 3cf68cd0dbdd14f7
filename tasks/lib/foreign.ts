/** What a run as root has left in the checkout, and whoever comes next may not change. */
import { TaskFailure } from 'zx-tasks';

/** Does something with what lies at a path of the checkout; that it belongs to somebody else is told with the remedy. */
export async function unlessForeign<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new TaskFailure(`${path} belongs to another user, perhaps because of an earlier run as root`, {
      remedy: `sudo chown -R "$(id -un)" ${path}`,
    });
  }
}
