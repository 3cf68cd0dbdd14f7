/** What GitHub Actions reads from a log: commands, one a line. */

/** A command with its values escaped: `::error file=a.c,line=3::text`. */
export function command(name: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${[name, list.join(',')].filter((part) => part !== '').join(' ')}::${escapeText(message)}`;
}

/** Lines between these two are text only, whatever they look like; nobody else knows the token. */
export function protect(lines: readonly string[], token: string): readonly string[] {
  const holdsCommand = lines.some((line) => line.includes('::') || line.includes('##['));
  return holdsCommand ? [stop(token), ...lines, resume(token)] : lines;
}

/** The same of lines in one text. */
export function protectText(text: string, token: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const shown = protect(lines, token);
  return shown === lines ? text : `${shown.join('\n')}\n`;
}

export function stop(token: string): string {
  return `::stop-commands::${token}`;
}

export function resume(token: string): string {
  return `::${token}::`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
