/*
 * Escape sequences in the output of a task. Where a line stands by itself they are the task's own affair; where lines of
 * several tasks share the screen, one must not move, clear or colour what is not its own.
 */
const escapes =
  /\u001B\[[0-?]*[ -/]*[@-~]|\u009B[0-?]*[ -/]*[@-~]|\u001B[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[ -/]*[0-~]?/g;
const controls = /[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/g;
const colour = /^(?:\u001B\[|\u009B)[\d;:]*m$/;

/** The line with its colours, and without all else that would do more than print. */
export function keepColours(line: string): string {
  if (isPlain(line)) return line;
  const shown = lastState(line);
  let hasColour = false;
  const parts = shown.split(escapes).map((text) => text.replace(controls, ''));
  const between = (shown.match(escapes) ?? []).map((sequence) => {
    if (!colour.test(sequence)) return '';
    hasColour = true;
    return sequence;
  });
  const kept = parts.map((part, index) => part + (between[index] ?? '')).join('');
  return hasColour ? `${kept}\u001B[0m` : kept;
}

/** The line without any escape or control character. */
export function plainText(line: string): string {
  return isPlain(line) ? line : lastState(line).replace(escapes, '').replace(controls, '');
}

/* Control characters, what ends a line elsewhere than in a file, and what turns the direction of a text, so that it reads otherwise than it is. */
const unprintable = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** A text with names of files in it, which may hold anything: what would do more than print stands there by its number. */
export function withNames(text: string): string {
  return text.replace(unprintable, byNumber);
}

/** What was written elsewhere, as in a config, and is shown among lines of ours; its own lines and tabs stay. */
export function asWritten(text: string): string {
  return text.replace(unprintable, (sign) => (sign === '\n' || sign === '\t' ? sign : byNumber(sign)));
}

function byNumber(sign: string): string {
  const digits = sign.charCodeAt(0).toString(16);
  return digits.length > 2 ? `\\u${digits}` : `\\x${digits.padStart(2, '0')}`;
}

/** The text without escape sequences, and with all else that is in it. */
export function withoutEscapes(text: string): string {
  return text.replace(escapes, '');
}

function isPlain(line: string): boolean {
  return !/[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/.test(line);
}

/** Of a line that is written over again, as progress is, what stands there in the end. */
function lastState(line: string): string {
  return line.split('\r').findLast((part) => part !== '') ?? '';
}
