/** No timer can be set for longer: 24.8 days. */
export const longestMs = 2 ** 31 - 1;

/** `90s` in ms. */
export function durationMs(text: string): number {
  const [, amount = '0', unit = 'ms'] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return Number(amount) * (units[unit] ?? 1);
}

/** `5GB` in bytes. */
export function sizeBytes(text: string): number {
  const [, amount = '0', unit = 'MB'] = /^(\d+)(MB|GB)$/.exec(text) ?? [];
  return Number(amount) * 1024 ** (unit === 'GB' ? 3 : 2);
}
