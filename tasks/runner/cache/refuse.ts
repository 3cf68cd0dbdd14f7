import { expandPath, leavesProject } from '../text/paths.ts';
import type { ActionResult } from './action-result.ts';

/**
 * Why a result may not be restored: it names something outside of what the task writes. A result may come from a server, so
 * nothing in it is believed.
 */
export function problemOf(
  { files, links, folders }: ActionResult,
  isOutput: (path: string) => boolean,
): string | undefined {
  const ofFiles = [...files, ...links].map(({ path }) => path);
  if (ofFiles.length === 0) return 'it has no files';
  const paths = [...ofFiles, ...folders];
  const long = paths.find((path) => Buffer.byteLength(path) > longestPath);
  if (long !== undefined) return `\`${long.slice(0, 40)}…\` is longer than a path can be`;
  const bad = paths.find((path) => path.includes('\0') || leavesProject(path) || expandPath(path) !== path);
  if (bad !== undefined) return `\`${bad}\` is not a path in the project`;
  const foreign = paths.find((path) => !isOutput(path));
  if (foreign !== undefined) return `\`${foreign}\` is not an output of the task`;
  if (new Set(paths).size !== paths.length) return 'it names a path twice';
  // In their order, what lies behind a link follows it at once.
  const all = [...links.map(({ path }) => `${path}/`), ...paths].sort();
  const link = all.find((text, index) => text.endsWith('/') && all[index + 1]?.startsWith(text) === true);
  return link === undefined ? undefined : `it has files behind its link \`${link.slice(0, -1)}\``;
}

/** What a system takes at the most, in bytes. */
const longestPath = 4096;
