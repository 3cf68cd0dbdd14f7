/** Commands to podman about its machine, each shown before it runs. */
import { type Context, TaskFailure } from 'zx-tasks';

const SLOW_MS = 600_000;

/** Whether `podman info` succeeds: the only proof that a machine is usable. */
export async function podmanAnswers(context: Context): Promise<boolean> {
  return (await context.run(['podman', 'info', '--format', 'json'], { timeoutMs: 10_000 })).code === 0;
}

/** Whether a Docker daemon answers; `docker info` ends with 0 without one, so the version is what counts. */
export async function dockerServes(context: Context): Promise<boolean> {
  const ran = await context.run(['docker', 'info', '--format', '{{.ServerVersion}}'], { timeoutMs: 10_000 });
  return ran.code === 0 && /\d/.test(ran.stdout);
}

/** Shows and runs a command that must succeed; the failure repeats podman's last line. */
export async function say(context: Context, command: readonly string[], purpose: string): Promise<void> {
  context.log(command.join(' '));
  const ran = await context.run(command, { timeoutMs: SLOW_MS });
  if (ran.code === 0) return;
  const lastLine = `${ran.stdout}\n${ran.stderr}`.trim().split('\n').at(-1) ?? 'it printed nothing';
  throw new TaskFailure(`cannot ${purpose}: ${lastLine}`, { remedy: command.join(' ') });
}
