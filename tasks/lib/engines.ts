/** Which engines could answer here. The docker command alone is none: it talks to a daemon, and that may be nowhere. */
import type { Engine, Fix, Probe } from 'zx-tasks';

export type EngineName = Engine['name'];

const daemonPaths = ['/var/run/docker.sock', '/Applications/Docker.app'];

/** The engines that are installed so far that they could answer, the preferred one first. */
export async function enginesHere(probe: Probe): Promise<readonly EngineName[]> {
  const hasPodman = (await probe.which('podman')) !== undefined;
  const hasDocker = (await probe.which('docker')) !== undefined && (await dockerdCouldBeThere(probe));
  return [...(hasPodman ? (['podman'] as const) : []), ...(hasDocker ? (['docker'] as const) : [])];
}

/** The engine that is asked first; a docker command is looked into only where there is no podman. */
export async function preferredEngine(probe: Probe): Promise<EngineName | undefined> {
  if ((await probe.which('podman')) !== undefined) return 'podman';
  return (await enginesHere(probe))[0];
}

/** How one of them is chosen. What `.env` says gives way to a variable that is exported. */
export function chooseEngine({ env }: Pick<Probe, 'env'>, name: EngineName): Fix {
  const isByVariable = (env.TASKS_ENGINE ?? '') !== '';
  const command = isByVariable ? `export TASKS_ENGINE=${name}` : `npx tasks doctor --engine=${name}`;
  return { about: `use ${name}`, command, byHand: true };
}

/** Whether systemd runs this machine, so that `systemctl` can start something. */
export function runsSystemd(probe: Probe): Promise<boolean> {
  return probe.exists('/run/systemd/system');
}

/** A daemon on this machine, one that the caller names, or one behind a context of the caller's choice. */
async function dockerdCouldBeThere(probe: Probe): Promise<boolean> {
  if ((probe.env.DOCKER_HOST ?? '') !== '' || (await probe.which('dockerd')) !== undefined) return true;
  for (const path of daemonPaths) if (await probe.exists(path)) return true;
  const context = await probe.run(['docker', 'context', 'show'], { timeoutMs: 5_000 });
  return context.code === 0 && !['', 'default'].includes(context.stdout.trim());
}
