import type { CheckRow, PackageManager, VersionRow } from '../config/types.ts';
import type { Host } from '../host.ts';
import type { Check, CheckResult, Fix, Probe } from '../script.ts';
import { versionIn } from '../text/version-in.ts';

const shellNotFound = 127;

/** A row `command, version, install` as a check: is the tool there, and new enough? */
export function versionCheck(
  row: VersionRow & Pick<CheckRow, 'name' | 'id'>,
  host: Pick<Host, 'user' | 'stdinIsTerminal'>,
): Check {
  const { id, name, group, needs, platforms, about, docs } = row;
  return {
    id,
    name,
    question: `is ${name} ${row.version} installed?`,
    group,
    needs,
    ...(platforms === undefined ? {} : { platforms }),
    ...(about === undefined ? {} : { about }),
    ...(docs === undefined ? {} : { docs }),
    run: (probe) => judge(row, name, probe, host),
  };
}

async function judge(
  row: VersionRow,
  name: string,
  probe: Probe,
  host: Pick<Host, 'user' | 'stdinIsTerminal'>,
): Promise<CheckResult> {
  const ran = await probe.run(['/bin/sh', '-c', row.command]);
  const purpose = row.about === undefined ? '' : ` (${row.about})`;
  if (ran.code === shellNotFound) {
    return {
      outcome: 'fail',
      summary: `${name} is not installed`,
      cause: `\`${row.command}\` was not found${purpose}`,
      fixes: await fixesOf(row, name, probe, host),
    };
  }
  const said = `${ran.stdout}\n${ran.stderr}`;
  const version = versionIn(said);
  if (ran.code !== 0 || version === undefined) {
    const cause =
      ran.code === 0
        ? `\`${row.command}\` prints no version`
        : `\`${row.command}\` ended with ${ran.code ?? ran.problem}`;
    return { outcome: 'could-not-check', summary: `the version of ${name} is unknown`, cause };
  }
  if (probe.satisfies(said, row.version) === true) return { outcome: 'pass', summary: `${name} ${version}` };
  return {
    outcome: 'fail',
    summary: `${name} is ${version}`,
    cause: `${row.version} is needed${purpose}`,
    fixes: await fixesOf(row, name, probe, host),
  };
}

type Manager = {
  readonly program: string;
  readonly needsRoot: boolean;
  readonly install: (sudo: string, name: string) => string;
};

const managers: Record<PackageManager, Manager> = {
  apt: {
    program: 'apt-get',
    needsRoot: true,
    install: (sudo, name) => `${sudo}apt-get update && ${sudo}apt-get install -y ${name}`,
  },
  dnf: { program: 'dnf', needsRoot: true, install: (sudo, name) => `${sudo}dnf install -y ${name}` },
  pacman: { program: 'pacman', needsRoot: true, install: (sudo, name) => `${sudo}pacman -S --noconfirm ${name}` },
  brew: { program: 'brew', needsRoot: false, install: (_, name) => `brew install ${name}` },
  pipx: { program: 'pipx', needsRoot: false, install: (_, name) => `pipx install ${name}` },
  npm: { program: 'npm', needsRoot: false, install: (_, name) => `npm install --global ${name}` },
};

/** The first package manager that this machine has and the row names; macOS is taken to have brew. */
async function fixesOf(
  row: VersionRow,
  name: string,
  probe: Probe,
  host: Pick<Host, 'user' | 'stdinIsTerminal'>,
): Promise<readonly Fix[]> {
  const isRoot = host.user?.uid === 0;
  const sudo = isRoot ? '' : host.stdinIsTerminal ? 'sudo ' : 'sudo -n ';
  for (const [key, manager] of Object.entries(managers)) {
    const item = row.install[key as PackageManager];
    const isForHere =
      item !== undefined &&
      isOf(key, probe.platform.os) &&
      ((await probe.which(manager.program)) !== undefined || key === 'brew');
    if (isForHere) return [{ about: `install ${name}`, command: manager.install(manager.needsRoot ? sudo : '', item) }];
  }
  return [];
}

function isOf(manager: string, os: string): boolean {
  const systems: Record<string, readonly string[]> = {
    apt: ['linux'],
    dnf: ['linux'],
    pacman: ['linux'],
    brew: ['darwin'],
  };
  return systems[manager]?.includes(os) ?? true;
}
