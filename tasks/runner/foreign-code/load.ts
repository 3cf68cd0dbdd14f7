import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Host, isErrno } from '../host.ts';

type LoadingHost = Pick<
  Host,
  'importModule' | 'foreignCode' | 'stripsTypes' | 'rereadsModules' | 'packageFolder' | 'readText'
>;

/** What Node says of modules that TypeScript takes: `./helper` and `./helper.js` for `helper.ts`, a folder, an `enum`. */
const saidOfTypeScript = ['ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'];

/**
 * Loads a project's TypeScript: by Node itself where it strips types and knows a module by its package, by jiti elsewhere. What
 * Node does not take, jiti does, so that a script runs with all versions. With jiti, `zx-tasks` means this package; with Node, the one
 * that the project has installed.
 */
export async function loadModule(host: LoadingHost, root: string, file: string): Promise<unknown> {
  host.foreignCode.isLoaded = true;
  const isForNode = host.stripsTypes && !host.rereadsModules && (await isModule(host, file));
  if (!isForNode) return await loadWithJiti(host, root, file);
  try {
    return await host.importModule(pathToFileURL(file).href);
  } catch (error) {
    if (!isErrno(error, ...saidOfTypeScript)) throw error;
    return await loadWithJiti(host, root, file);
  }
}

/** Of a file whose package does not say so, Node would warn, or refuse its `import`. */
async function isModule(host: LoadingHost, file: string): Promise<boolean> {
  if (/\.m[jt]s$/.test(file)) return true;
  if (/\.c[jt]s$/.test(file)) return false;
  let folder = dirname(file);
  for (;;) {
    const text = await host.readText(join(folder, 'package.json'));
    if (text !== undefined) return /"type"\s*:\s*"module"/.test(text);
    const above = dirname(folder);
    if (above === folder) return false;
    folder = above;
  }
}

async function loadWithJiti(host: LoadingHost, root: string, file: string): Promise<unknown> {
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
    const isFull = isErrno(error, 'ENOSPC', 'EDQUOT');
    if (!isFull) throw error;
    return await load(false);
  }
}
