/** Which command installs a package here. One table for every check that asks for one. */
import type { Fix, Probe } from 'zx-tasks';
import { folderOffPath } from './mac.ts';
import { proxyVariables } from './proxy.ts';

/** What a tool's packages are called, by package manager; left out where there is none. */
export type Packages = Readonly<Partial<Record<Manager, string>>>;
type Manager = 'apt' | 'dnf' | 'pacman' | 'apk' | 'brew' | 'pipx';

type Row = { readonly program: string; readonly asRoot: boolean; readonly install: string; readonly after?: string };

const managers: Readonly<Record<Manager, Row>> = {
  apt: {
    program: 'apt-get',
    asRoot: true,
    // Another apt may run: its lists are then as good as ours, and its lock is waited for.
    install:
      '(apt-get update -qq || true) && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends',
    after: ' -o DPkg::Lock::Timeout=300',
  },
  dnf: { program: 'dnf', asRoot: true, install: 'dnf install -y -q' },
  pacman: { program: 'pacman', asRoot: true, install: 'pacman -S --noconfirm --needed' },
  apk: { program: 'apk', asRoot: true, install: 'apk add -q' },
  brew: { program: 'brew', asRoot: false, install: 'brew install' },
  pipx: { program: 'pipx', asRoot: false, install: 'pipx install' },
};

/** Podman and what it needs. */
export const enginePackages: Packages = {
  apt: 'podman runc podman-compose netavark aardvark-dns iptables nftables ca-certificates',
  dnf: 'podman podman-compose',
  pacman: 'podman podman-compose',
  apk: 'podman podman-compose',
  brew: 'podman podman-compose',
};

/** The fix that installs the packages with the package manager found on PATH; none where we know no manager. */
export async function installFix(probe: Probe, about: string, packages: Packages): Promise<readonly Fix[]> {
  for (const manager of Object.keys(managers) as Manager[]) {
    const names = packages[manager];
    const { program, asRoot: needsRoot, install, after = '' } = managers[manager];
    const fitsPlatform = manager === 'pipx' || (manager === 'brew') === (probe.platform.os === 'darwin');
    if (names === undefined || !fitsPlatform || (await probe.which(program)) === undefined) continue;
    const command = `${install} ${names}${after}`;
    return [{ about, command: needsRoot ? asRoot(probe, command) : command }];
  }
  return packages.brew !== undefined && probe.platform.os === 'darwin'
    ? [await byBrew(probe, about, packages.brew)]
    : [];
}

/** Without Homebrew on PATH. */
async function byBrew(probe: Probe, about: string, names: string): Promise<Fix> {
  const folder = await folderOffPath(probe, 'brew');
  return folder === undefined
    ? { about: `${about}, once there is Homebrew (https://brew.sh)`, command: `brew install ${names}`, byHand: true }
    : { about, command: `${folder}/brew install ${names}` };
}

/** The same command with root's rights: as it is for root, else through sudo, which asks only where somebody can answer, and drops a proxy unless it is told. */
export function asRoot(probe: Pick<Probe, 'user' | 'isTerminal' | 'env'>, command: string): string {
  if (probe.user === undefined || probe.user.uid === 0) return command;
  const proxy = proxyVariables(probe.env).join(',');
  return `sudo${probe.isTerminal ? '' : ' -n'}${proxy === '' ? '' : ` --preserve-env=${proxy}`} sh -c '${command}'`;
}
