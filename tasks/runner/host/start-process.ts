import { ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { whileStoppable } from './foreground.ts';

/**
 * Starts a process. What the system says against it is told by its `error` event, and its streams are null then: Node throws
 * some of it, such as E2BIG, and leaves the streams undefined where there are no more file descriptors.
 */
export function startProcess([program = '', ...words]: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    // One in a session of its own is not the terminal's to stop.
    const start = (): ChildProcess => spawn(program, words, options);
    const child = options.detached === true ? start() : whileStoppable(start);
    return child.pid === undefined ? withoutStreams(child) : child;
  } catch (error) {
    const isOfTheSystem = error instanceof Error && 'syscall' in error;
    if (!isOfTheSystem) throw error;
    const child = withoutStreams(new ChildProcess());
    process.nextTick(() => {
      child.emit('error', error);
      child.emit('close', null, null);
    });
    return child;
  }
}

function withoutStreams(child: ChildProcess): ChildProcess {
  const { stdin = null, stdout = null, stderr = null } = child;
  return Object.assign(child, { stdin, stdout, stderr });
}
