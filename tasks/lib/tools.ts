import type { Probe } from 'zx-tasks';

/** Those whose programs are not here. Debian keeps servers, and what makes file systems, where only root's PATH looks. */
export async function missingAmong<Tool extends { readonly program: string }>(
  probe: Probe,
  tools: readonly Tool[],
): Promise<readonly Tool[]> {
  const isHere = async ({ program }: Tool): Promise<boolean> =>
    (await probe.which(program)) !== undefined || (await probe.exists(`/usr/sbin/${program}`));
  const found = await Promise.all(tools.map(isHere));
  return tools.filter((_, index) => !found[index]);
}
