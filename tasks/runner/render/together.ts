/** Writes many short texts in few calls: a call into the system costs more than all else that is done for a line. */
export type Together = {
  /** Written soon: at the end of this turn, or with what comes. */
  readonly add: (text: string) => void;
  /** Written now, after what was added. */
  readonly write: (text: string) => void;
  readonly flush: () => void;
};

const mostLength = 64 << 10;

/** Makes it for one reader. */
export function writeTogether(write: (text: string) => void): Together {
  let waiting = '';
  let isDue = false;
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  const add = (text: string): void => {
    waiting += text;
    if (waiting.length > mostLength) flush();
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      flush();
    });
  };
  return {
    add,
    flush,
    write: (text) => {
      waiting += text;
      flush();
    },
  };
}
