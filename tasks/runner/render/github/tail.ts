/** The end of a growing list of lines. */
export type Tail = {
  readonly push: (line: string) => void;
  /** Gives what was kept, and how many lines before it were not; then it is empty. */
  readonly take: () => { readonly lines: readonly string[]; readonly dropped: number };
};

/** Makes an empty one that keeps at least half of, and at most, so many characters. */
export function makeTail(mostLength: number): Tail {
  let older: string[] = [];
  let newer: string[] = [];
  let length = 0;
  let dropped = 0;
  return {
    push: (line) => {
      newer.push(line);
      length += line.length + 1;
      if (length < mostLength / 2) return;
      dropped += older.length;
      older = newer;
      newer = [];
      length = 0;
    },
    take: () => {
      const taken = { lines: [...older, ...newer], dropped };
      older = [];
      newer = [];
      length = 0;
      dropped = 0;
      return taken;
    },
  };
}
