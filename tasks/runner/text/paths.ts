import { posix } from 'node:path';

/** A path or glob in its shortest form: `./src//a/` is `src/a`, and the project's own folder is the empty text. */
export function expandPath(path: string): string {
  const normal = posix.normalize(path);
  const short = normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
  return short === '.' ? '' : short;
}

/** Whether a path or glob leaves the project's folder. */
export function leavesProject(path: string): boolean {
  const short = expandPath(path);
  return short.startsWith('/') || short === '..' || short.startsWith('../');
}

/** A glob that was written in a folder, as seen from the project's. */
export function globIn(folder: string, glob: string): string {
  const sign = /^!(?!\()/.test(glob) ? '!' : '';
  const bare = glob.slice(sign.length);
  return sign + (bare.startsWith('/') ? bare : posix.join(folder, bare));
}
