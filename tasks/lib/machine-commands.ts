/** Commands to podman about its machine, each shown before it runs. None gets a terminal, so podman asks no questions. */
import { type Context, type Ran, TaskFailure } from 'zx-tasks';

const SLOW_MS = 600_000;
const SAY_EVERY_MS = 10_000;

/** What `podman info` gives: the only proof that a machine is usable, and whether it serves containers as root. */
export async function askPodman(context: Context): Promise<'rootful' | 'rootless' | 'silent'> {
  const ran = await context.run(['podman', 'info', '--format', 'json'], { timeoutMs: 10_000 });
  if (ran.code !== 0) return 'silent';
  try {
    const info = JSON.parse(ran.stdout) as { host?: { security?: { rootless?: boolean } } };
    return info.host?.security?.rootless === false ? 'rootful' : 'rootless';
  } catch (error) {
    if (error instanceof SyntaxError) return 'silent';
    throw error;
  }
}

/** Whether a Docker daemon answers; `docker info` ends with 0 without one, so the version is what counts. */
export async function dockerServes(context: Context): Promise<boolean> {
  const ran = await context.run(['docker', 'info', '--format', '{{.ServerVersion}}'], { timeoutMs: 10_000 });
  return ran.code === 0 && /\d/.test(ran.stdout);
}

/** Shows and runs a command, says from time to time that it still runs, and shows what a failed one printed. */
export async function show(context: Context, command: readonly string[], within = SLOW_MS): Promise<Ran> {
  context.log(command.join(' '));
  const startedMs = context.now();
  const ticking = setInterval(() => {
    context.log(`  still at it after ${Math.round((context.now() - startedMs) / 1000)} s`);
  }, SAY_EVERY_MS);
  try {
    const ran = await context.run(command, { timeoutMs: within });
    if (ran.code !== 0) for (const line of linesOf(ran)) context.log(`  ${line}`);
    return ran;
  } finally {
    clearInterval(ticking);
  }
}

/** The same for a command that must succeed; the failure repeats podman's last line. */
export async function must(context: Context, command: readonly string[], purpose: string): Promise<void> {
  const ran = await show(context, command);
  if (ran.code === 0) return;
  throw new TaskFailure(`cannot ${purpose}: ${lastLineOf(ran)}`, { remedy: command.join(' '), exitCode: 4 });
}

export function lastLineOf(ran: Ran): string {
  return ran.problem === 'timed-out' ? 'it did not end in time' : (linesOf(ran).at(-1) ?? 'it printed nothing');
}

function linesOf(ran: Ran): readonly string[] {
  return `${ran.stdout}\n${ran.stderr}`.split('\n').filter((line) => line.trim() !== '');
}
