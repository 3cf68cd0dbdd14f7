/** The first `1.2` or `1.2.3` in what a tool prints. */
export function versionIn(text: string): string | undefined {
  return /\d+(?:\.\d+)+/.exec(text)?.[0];
}
