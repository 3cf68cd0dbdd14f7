/** Sampling by link, so that both ends of an exchange are kept or left out together. */

/** True for one link in `every`, always the same ones (FNV-1a). */
export function isSampled(link: string, every: number): boolean {
  if (every === 1) return true;
  let hash = 0x811c9dc5;
  for (let index = 0; index < link.length; index++) hash = Math.imul(hash ^ link.charCodeAt(index), 0x01000193);
  return hash % every === 0;
}
