/** A machine with nothing but Node, a shell and a package manager: a PATH of one folder. */
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const always = { node: process.execPath, sh: '/bin/sh', uname: '/bin/uname' };

/** What the docker client says where no daemon is. */
const dockerClient = `#!/bin/sh
case "$*" in
  --version) echo 'Docker version 28.2.2, build e6534b4' ;;
  'context show') echo default ;;
  *) echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1 ;;
esac
`;

/** A folder for PATH; `programs` may name `docker`, of which only the client is there. It removes itself. */
export async function bareMachine(programs: readonly string[]): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'bare-'));
  for (const [name, target] of Object.entries(always)) await symlink(target, join(folder, name));
  await program(join(folder, 'apt-get'), '#!/bin/sh\nexit 100\n');
  if (programs.includes('docker')) await program(join(folder, 'docker'), dockerClient);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}
