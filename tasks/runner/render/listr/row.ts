import type { ListrTaskWrapper } from 'listr2';
import type { TaskEnd } from '../../events.ts';
import { asWritten } from '../../text/safe-text.ts';
import { durationInWords } from '../../text/words.ts';

export type Wrapper = Pick<ListrTaskWrapper<unknown, never, never>, 'output' | 'title' | 'skip'>;

/** A row between events, which may come before listr2 is there, and listr2, which asks. */
export type Row = {
  readonly name: string;
  readonly start: () => void;
  readonly say: (line: string) => void;
  readonly end: (end: TaskEnd, tookMs: number) => void;
  /** Asked twice: true at once, so that the row is shown, and then only when the task starts or ends. */
  readonly isEnabled: () => boolean | Promise<boolean>;
  readonly follow: (wrapper: Wrapper) => Promise<void>;
};

/** Makes the row of one task. */
export function makeRow(name: string): Row {
  const started = deferred<void>();
  const ended = deferred<{ readonly end: TaskEnd; readonly tookMs: number }>();
  let wrapper: Wrapper | undefined;
  let lastLine = '';
  let isShown = false;
  let isDue = false;
  let isOver = false;
  /** Once a turn: of what comes in one, only the last line can be seen. */
  const showLine = (): void => {
    if (isDue && wrapper !== undefined) wrapper.output = lastLine;
    isDue = false;
  };
  return {
    name,
    start: () => started.resolve(),
    say: (line) => {
      // A service of a watch goes on after its row has ended, when listr2 may be gone.
      if (isOver) return;
      lastLine = line;
      if (!isDue) setImmediate(showLine);
      isDue = true;
    },
    end: (end, tookMs) => {
      showLine();
      isOver = true;
      ended.resolve({ end, tookMs });
      started.resolve();
    },
    isEnabled: async () => {
      if (isShown) await started.promise;
      isShown = true;
      return true;
    },
    follow: async (given) => {
      wrapper = given;
      if (lastLine !== '') wrapper.output = lastLine;
      const { end, tookMs } = await ended.promise;
      showEnd(given, name, end, tookMs);
    },
  };
}

function showEnd(wrapper: Wrapper, name: string, end: TaskEnd, tookMs: number): void {
  switch (end.state) {
    case 'done':
      wrapper.title = `${name} ${durationInWords(tookMs)}`;
      return;
    case 'skipped':
      wrapper.title = `${name} skipped: ${asWritten(end.reason)}`;
      wrapper.skip();
      return;
    case 'not-started':
      wrapper.title = `${name} not started: ${asWritten(end.reason)}`;
      wrapper.skip();
      return;
    case 'cancelled':
      throw new Error(`stopped: ${asWritten(end.reason)}`);
    case 'failed':
      throw new Error(asWritten(end.failure.message));
    default:
      end satisfies never;
  }
}

function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
