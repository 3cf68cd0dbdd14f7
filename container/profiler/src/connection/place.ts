/** Where a stream stands between two messages. */

export type Place = {
  /** Where the next byte lies; undefined where that may be anywhere. */
  readonly next: number | undefined;
  /** Nothing has been taken since the beginning or since it was begun anew. */
  readonly isFresh: boolean;
};
