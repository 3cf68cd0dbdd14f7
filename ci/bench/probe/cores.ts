/** Who runs where: the server has a core for itself, so that it stays as busy when somebody else has more to do. */
import { type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { need } from './installed.ts';

const CORES = availableParallelism();

/** Starts a program on the server's core or on the others; without a choice where there is one core only. Throws if there is none. */
export function spawnOn(
  who: 'server' | 'others',
  program: string,
  words: readonly string[],
  options: SpawnOptionsWithoutStdio = {},
): ChildProcessWithoutNullStreams {
  need(program);
  if (CORES === 1) return spawn(program, words, options);
  const cores = who === 'server' ? '0' : `1-${CORES - 1}`;
  need('taskset');
  return spawn('taskset', ['-c', cores, program, ...words], options);
}
