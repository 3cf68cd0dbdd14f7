/** The way from the root of a document to a value. */
export type Path = readonly (string | number)[];

/** Something wrong in a document, before it is known where in the file that stands. */
export type Finding = {
  readonly path: Path;
  /** Whether the key or its value is meant. */
  readonly at: 'key' | 'value';
  /** The characters that are meant, where they are only a part of the value. */
  readonly part?: string;
  readonly message: string;
  readonly hint?: string;
};
