import type { Finding, Path } from '../finding.ts';

/** The values of a document that hold a NUL byte: the system takes it for the end of a word, so nothing can be started with it. */
export function nulBytes(value: unknown, path: Path = []): readonly Finding[] {
  if (typeof value === 'string') return value.includes('\0') ? [{ path, at: 'value', message, hint }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    nulBytes(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

const message = 'a NUL byte (`\\0`) is not allowed in a command, a variable or a name';
const hint = "for the shell's `printf` write `\\\\0` in double quotes, or quote with single ones";
