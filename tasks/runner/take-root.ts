import type { Plan } from './plan.ts';
import type { Session } from './session.ts';
import { runCommand } from './shell.ts';

/**
 * On a terminal, lets `sudo` ask for the password once, before anything draws on the screen, when what is planned may call
 * the engine as root.
 */
export async function takeRoot({ host, root, table, stop }: Session, plan: Plan): Promise<void> {
  const usesEngine =
    plan.doctor !== undefined ||
    plan.tasks.some((task) => task.skip === undefined && (task.requires.length > 0 || task.place.kind === 'container'));
  const isOrdinaryUser = host.platform.os === 'linux' && host.user !== undefined && host.user.uid !== 0;
  if (!usesEngine || !isOrdinaryUser || !host.stdinIsTerminal) return;
  const silently = {
    cwd: root,
    env: host.env,
    signal: stop.signal,
    hasTerminal: false,
    readsStdin: false,
    onLine: () => undefined,
    cutOf: (text: string) => text.length,
    onCommand: () => undefined,
    isBehind: () => false,
  };
  const hasPodman = (await runCommand(table, ['podman', '--version'], silently)).code === 0;
  const needsPassword = (await runCommand(table, ['sudo', '-n', 'true'], silently)).code !== 0;
  if (!hasPodman || !needsPassword) return;
  host.write(
    'the container engine must run as root here, so `sudo` asks for your password; everything else runs as you\n',
  );
  await runCommand(table, ['sudo', '-v'], { ...silently, hasTerminal: true, readsStdin: true });
}
