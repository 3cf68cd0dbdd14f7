/** So many of the last lines of an output are told with a failure. */
const kept = 20;

/** Adds a line to the last ones. */
export function keepLast(lines: string[], line: string, most = kept): void {
  lines.push(line);
  if (lines.length > most) lines.shift();
}
