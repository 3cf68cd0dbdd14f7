/** A watch that goes on while the test changes files. */
import type { Project, Result, RunOptions } from './project.ts';

export type Watching = {
  readonly pid: number;
  /** Resolves when it waits for a change once more than the last time. */
  readonly waits: () => Promise<void>;
  readonly says: (text: string, times?: number) => Promise<void>;
  readonly result: Promise<Result>;
  /** Ends it as Ctrl-C does. */
  readonly end: () => Promise<Result>;
};

export function startWatch(project: Project, words: string, options?: RunOptions): Watching {
  const running = project.start(`${words} --watch`, options);
  let times = 0;
  return {
    pid: running.pid,
    says: running.says,
    result: running.result,
    waits: () => running.says('waiting for a change', ++times),
    end: () => {
      running.child.kill('SIGINT');
      return running.result;
    },
  };
}

/** The lines of a file that tasks add to; none where there is no such file. */
export async function linesOf(project: Project, name: string): Promise<readonly string[]> {
  const text = await project.read(name).catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
