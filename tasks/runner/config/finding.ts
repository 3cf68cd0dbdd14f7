/** The way from the root of a document to a value. */
export type Path = readonly (string | number)[];

/** Whether a path leads to a value or into it. */
export function leadsInto(path: Path, value: Path): boolean {
  return value.every((step, index) => path[index] === step);
}

/** Something wrong in a document, before it is known where in the file that stands. */
export type Finding = {
  readonly path: Path;
  /** Whether the key or its value is meant. */
  readonly at: 'key' | 'value';
  /** The characters that are meant, where they are only a part of the value. */
  readonly part?: string;
  readonly message: string;
  readonly hint?: string | undefined;
};

/** Makes findings about the keys of one task. */
export function aboutKeysOf(task: string) {
  return (key: string, message: string, hint?: string): Finding => ({
    path: ['tasks', task, key],
    at: 'key',
    message: `task \`${task}\` ${message}`,
    hint,
  });
}

/** Those of some findings for which there is reason. */
export function thatHold(findings: readonly (Finding | false)[]): readonly Finding[] {
  return findings.filter((finding) => finding !== false);
}
