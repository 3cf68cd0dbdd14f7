import type { Session } from '../session.ts';

/** How many paths one command is asked about. */
const atOnce = 200;

/** Those of some paths that git ignores: they are made, not written. None where there is no git or no repository. */
export async function ignoredByGit(
  { capture }: Pick<Session, 'capture'>,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const ignored = new Set<string>();
  for (let start = 0; start < paths.length; start += atOnce) {
    const some = paths.slice(start, start + atOnce);
    const { code, stdout } = await capture(['git', '-c', 'core.quotePath=false', 'check-ignore', '--', ...some]);
    if (code !== 0 && code !== 1) return ignored;
    for (const path of stdout.split('\n')) if (path !== '') ignored.add(path);
  }
  return ignored;
}
