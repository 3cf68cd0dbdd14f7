import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Host, isErrno } from './host.ts';

/**
 * Loads a project's TypeScript: by Node itself where it strips types, by jiti elsewhere. With jiti, `zx-tasks` means this
 * package; with Node, the one that the project has installed.
 */
export async function loadModule(
  host: Pick<Host, 'importModule' | 'foreignCode' | 'stripsTypes' | 'rereadsModules' | 'packageFolder'>,
  root: string,
  file: string,
): Promise<unknown> {
  host.foreignCode.isLoaded = true;
  if (host.stripsTypes && !host.rereadsModules) return await host.importModule(pathToFileURL(file).href);
  const { createJiti } = await import('jiti');
  const load = async (fsCache: string | false): Promise<unknown> => {
    const jiti = createJiti(join(dirname(file), 'index.js'), {
      alias: { 'zx-tasks': join(host.packageFolder, 'dist', 'script.cjs') },
      fsCache,
      interopDefault: true,
      // What Node has imported once it never reads again.
      moduleCache: !host.rereadsModules,
    });
    return await jiti.import(file);
  };
  try {
    return await load(join(root, '.tasks', 'cache', 'jiti'));
  } catch (error) {
    // What frees the disk may be a script.
    const isFull = isErrno(error, 'ENOSPC') || isErrno(error, 'EDQUOT');
    if (!isFull) throw error;
    return await load(false);
  }
}
