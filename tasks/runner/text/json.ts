/* What ends a line, moves the cursor or turns the direction of a text; of control characters those that JSON lets stand as they are. */
const unprintable = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** A value as JSON that also on a terminal only prints: what would do more stands there by its number, and is read as the same. */
export function jsonOf(value: unknown, indent?: number, change?: (key: string, value: unknown) => unknown): string {
  return JSON.stringify(value, change, indent).replace(
    unprintable,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
