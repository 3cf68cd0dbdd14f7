/** Calling a program, whose failure is told with what it printed. */
import { spawnSync } from 'node:child_process';

export type CallOptions = {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
};

/** Its standard output; throws where it fails. */
export function call(program: string, args: readonly string[], { cwd, env }: CallOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  });
  if (status === 0) return stdout;
  const why = error?.message ?? `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n');
  throw new Error(`\`${[program, ...args].join(' ')}\` failed${status === null ? '' : ` with ${status}`}:\n${why}`);
}
