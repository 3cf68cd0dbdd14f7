import type { CheckRow, PackageManager, VersionRow } from '../config/types.ts';
import { proxyVariables } from '../engine/proxy.ts';
import type { Check, CheckResult, Fix, Probe } from '../script.ts';
import { versionIn } from '../text/version-in.ts';

const shellNotFound = 127;

type Row = VersionRow & Pick<CheckRow, 'name' | 'id'>;

/** A row `command, version, install` as a check: is the tool there, and new enough? */
export function versionCheck(row: Row): Check {
  return { ...row, question: `is ${row.name} ${row.version} installed?`, run: (probe) => judge(row, probe) };
}

async function judge(row: Row, probe: Probe): Promise<CheckResult> {
  const { name } = row;
  const ran = await probe.run(['/bin/sh', '-c', row.command]);
  const purpose = row.about === undefined ? '' : ` (${row.about})`;
  if (ran.code === shellNotFound) {
    return {
      outcome: 'fail',
      summary: `${name} is not installed`,
      cause: `\`${row.command}\` was not found${purpose}`,
      fixes: await fixesOf(row, probe),
    };
  }
  const said = `${ran.stdout}\n${ran.stderr}`;
  const version = versionIn(said);
  if (ran.code !== 0 || version === undefined) {
    const how =
      ran.problem === 'not-started' ? `was not started: ${ran.stderr}` : `ended with ${ran.code ?? ran.problem}`;
    const cause = `\`${row.command}\` ${ran.code === 0 ? 'prints no version' : how}`;
    return { outcome: 'could-not-check', summary: `the version of ${name} is unknown`, cause };
  }
  if (probe.satisfies(said, row.version) === true) return { outcome: 'pass', summary: `${name} ${version}` };
  return {
    outcome: 'fail',
    summary: `${name} is ${version}`,
    cause: `${row.version} is needed${purpose}`,
    fixes: await fixesOf(row, probe),
  };
}

type Manager = {
  readonly program: string;
  /** Where it is at home; everywhere if that is not said. */
  readonly os?: string;
  readonly install: (item: string, sudo: string) => string;
};

const managers: Record<PackageManager, Manager> = {
  apt: {
    program: 'apt-get',
    os: 'linux',
    install: (item, sudo) => `${sudo}apt-get update && ${sudo}apt-get install -y ${item}`,
  },
  dnf: { program: 'dnf', os: 'linux', install: (item, sudo) => `${sudo}dnf install -y ${item}` },
  pacman: { program: 'pacman', os: 'linux', install: (item, sudo) => `${sudo}pacman -S --noconfirm ${item}` },
  brew: { program: 'brew', os: 'darwin', install: (item) => `brew install ${item}` },
  pipx: { program: 'pipx', install: (item) => `pipx install ${item}` },
  npm: { program: 'npm', install: (item) => `npm install --global ${item}` },
};

/** The first package manager that this machine has and the row names; macOS is taken to have brew. */
async function fixesOf({ name, install }: Row, probe: Probe): Promise<readonly Fix[]> {
  const isRoot = probe.user?.uid === 0;
  const proxies = proxyVariables(probe.env);
  const keeping = proxies.length === 0 ? '' : `--preserve-env=${proxies.join(',')} `;
  const sudo = isRoot ? '' : `sudo ${probe.isTerminal ? '' : '-n '}${keeping}`;
  for (const [key, { program, os = probe.platform.os, install: commandFor }] of Object.entries(managers)) {
    const item = install[key as PackageManager];
    const isForHere = item !== undefined && os === probe.platform.os;
    if (isForHere && (key === 'brew' || (await probe.which(program)) !== undefined))
      return [{ about: `install ${name}`, command: commandFor(item, sudo) }];
  }
  return [];
}
