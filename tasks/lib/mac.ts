/** What runs on a Mac beside us: where installers put programs, and who has a Docker daemon there. */
import type { Fix, Probe } from 'zx-tasks';

/** Podman’s installer, Homebrew on Apple silicon, Homebrew on Intel. */
const programFolders = ['/opt/podman/bin', '/opt/homebrew/bin', '/usr/local/bin'];

/** The folder that has a program which PATH does not find, as in an IDE or a job that never read ~/.zprofile. */
export async function folderOffPath(probe: Probe, program: string): Promise<string | undefined> {
  if (probe.platform.os !== 'darwin' || (await probe.which(program)) !== undefined) return undefined;
  return await folderOf(program, probe.exists);
}

/** The folder into which an installer has put a program, PATH or not. */
export async function folderOf(
  program: string,
  isThere: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const folder of programFolders) if (await isThere(`${folder}/${program}`)) return folder;
  return undefined;
}

/** By what a context or socket of each is known, and how it is started. */
const dockers: readonly (readonly [sign: RegExp, name: string, start: string])[] = [
  [/colima/, 'Colima', 'colima start'],
  [/orbstack/, 'OrbStack', 'open -a OrbStack'],
  [/rancher-desktop|\/\.rd\//, 'Rancher Desktop', "open -a 'Rancher Desktop'"],
  [/podman/, 'the Podman machine', 'podman machine start'],
];

/** An application comes up long after it was opened; what follows asks it. */
const untilItAnswers = 'i=0; until docker info >/dev/null 2>&1 || [ $((i += 1)) -gt 60 ]; do sleep 2; done';

/** How the daemon that the docker command talks to is started. */
export async function startDocker(probe: Probe): Promise<Fix> {
  const context = await probe.run(['docker', 'context', 'show'], { timeoutMs: 5_000 });
  const talksTo = `${probe.env.DOCKER_HOST ?? ''} ${context.stdout}`;
  const [, name, start] = dockers.find(([sign]) => sign.test(talksTo)) ?? ['', 'Docker Desktop', 'open -a Docker'];
  return { about: `start ${name}`, command: start.startsWith('open ') ? `${start} && { ${untilItAnswers}; }` : start };
}
