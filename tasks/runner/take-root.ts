import type { StdioOptions } from 'node:child_process';
import type { Plan } from './plan.ts';
import { waitForEnd } from './process/output.ts';
import type { Session } from './session.ts';

/**
 * On a terminal, lets `sudo` ask for the password once, before anything draws on the screen, when what is planned may call
 * the engine as root.
 */
export async function takeRoot({ host, root, table, capture, stop, engine }: Session, plan: Plan): Promise<void> {
  const usesEngine =
    plan.doctor !== undefined ||
    plan.tasks.some((task) => task.skip === undefined && (task.requires.length > 0 || task.place.kind === 'container'));
  const isOrdinaryUser = host.platform.os === 'linux' && host.user !== undefined && host.user.uid !== 0;
  if (!usesEngine || !isOrdinaryUser || !host.stdinIsTerminal) return;
  const hasPodman = (await capture(['podman', '--version'])).code === 0;
  const asked = await capture(['sudo', '-n', 'true']);
  const needsPassword = asked.code !== 0 && asked.problem !== 'not-found';
  if (!hasPodman || !needsPassword) return;
  host.write(
    'the container engine must run as root here, so `sudo` asks for your password; everything else runs as you\n',
  );
  const stdio: StdioOptions = ['inherit', 'inherit', 'inherit'];
  const { code } = await waitForEnd(table.spawn(['sudo', '-v'], { cwd: root, env: host.env, stdio }, stop.signal));
  if (code !== 0) engine.askForNoPassword();
}
