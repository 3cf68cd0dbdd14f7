/** A machine with nothing but Node, a shell and one package manager: a PATH of one folder. */
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programPath } from './program-path.ts';

const always = ['sh', 'bash', 'uname', 'cat', 'head', 'cp', 'date', 'env'];

/** What the docker client says where no daemon is. */
const dockerClient = `#!/bin/sh
case "$*" in
  --version) echo 'Docker version 28.2.2, build e6534b4' ;;
  'context show') echo default ;;
  *) echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1 ;;
esac
`;

/** As root's stand-in: takes its own flags away and does the rest as the caller. */
const sudo = '#!/bin/sh\nwhile [ "$1" = -n ]; do shift; done\n[ $# = 0 ] || exec "$@"\n';

export type Manager = 'apt-get' | 'dnf' | 'pacman' | 'brew' | 'pipx';

type Options = {
  /** The only package manager here; each of its calls is a line of `packages.log`. */
  readonly manager?: Manager;
  /** What the package manager puts on PATH, whatever it is asked for; without, it fails. */
  readonly installs?: string;
};

/** A folder for PATH; `programs` may name `docker`, of which only the client is there. It removes itself. */
export async function bareMachine(
  programs: readonly string[],
  { installs, manager = 'apt-get' }: Options = {},
): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'bare-'));
  await symlink(process.execPath, join(folder, 'node'));
  for (const name of always) await symlink(programPath(name), join(folder, name));
  await program(join(folder, manager), packageManager(folder, installs));
  await program(join(folder, 'sudo'), sudo);
  if (programs.includes('docker')) await program(join(folder, 'docker'), dockerClient);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

function packageManager(folder: string, installs: string | undefined): string {
  const install = installs === undefined ? 'exit 100' : `cp ${installs}/* ${folder}/`;
  return `#!/bin/sh\necho "$*" >> ${folder}/packages.log\n[ "$1" = update ] || ${install}\n`;
}

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}
