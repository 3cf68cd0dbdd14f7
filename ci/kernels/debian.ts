/** Packages of Debian's suites, through apt and its own verification, beside what this machine's apt knows and has. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from './call.ts';
import type { Kernel, KernelList } from './list.ts';

export type Debian = {
  /** The names of a kernel's packages in the newest version that has all of them. */
  readonly packagesOf: (kernel: Kernel) => readonly string[];
  /** Downloads and unpacks packages into a folder. */
  readonly unpack: (packages: readonly string[], into: string) => void;
};

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const LISTS_LAST_MS = 7 * 86_400_000;

/** Everything that apt reads or writes lies in `folder`. */
export function openDebian(folder: string, suites: KernelList['suites']): Debian {
  const env = { APT_CONFIG: join(folder, 'apt.conf') };
  const downloads = join(folder, 'downloads');
  for (const path of ['lists/partial', 'archives/partial', 'state', 'empty', 'downloads']) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  writeSettings(folder, suites);
  const update = (): void => {
    call('apt-get', ['update', '-qq', '-o', 'APT::Update::Error-Mode=any'], { env });
    writeFileSync(join(folder, 'updated'), '');
  };
  if (listsAreOld(folder)) update();
  const download = (packages: readonly string[]): void => {
    rmSync(downloads, { recursive: true, force: true });
    mkdirSync(downloads);
    call('apt-get', ['download', '-qq', ...packages], { env, cwd: downloads });
  };
  return {
    packagesOf: (kernel) => newestPackages(kernel, (prefix) => call('apt-cache', ['pkgnames', prefix], { env })),
    unpack: (packages, into) => {
      try {
        download(packages);
      } catch {
        // A version has gone since the lists were read: what still fails now is told.
        update();
        download(packages);
      }
      mkdirSync(into, { recursive: true });
      for (const file of readdirSync(downloads)) call('dpkg', ['-x', join(downloads, file), into]);
      rmSync(downloads, { recursive: true });
    },
  };
}

function listsAreOld(folder: string): boolean {
  const mark = join(folder, 'updated');
  return !existsSync(mark) || Date.now() - statSync(mark).mtimeMs > LISTS_LAST_MS;
}

function writeSettings(folder: string, suites: KernelList['suites']): void {
  const { archive, security } = findMirrors();
  const line = (mirror: string, suite: string): string =>
    `deb [signed-by=${KEYRING} arch=amd64,arm64] ${mirror} ${suite} main\n`;
  const lines = [
    ...suites.archive.map((suite) => line(archive, suite)),
    ...suites.security.map((suite) => line(security, suite)),
  ];
  writeFileSync(join(folder, 'sources.list'), lines.join(''));
  writeFileSync(join(folder, 'state/status'), '');
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'empty'),
    'Dir::Etc::preferences': join(folder, 'none'),
    'Dir::Etc::preferencesparts': join(folder, 'empty'),
    'Dir::State': join(folder, 'state'),
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'state/status'),
    'Dir::Cache': folder,
    'APT::Architecture': 'amd64',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  const text = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  writeFileSync(join(folder, 'apt.conf'), `${text.join('')}APT::Architectures { "amd64"; "arm64"; };\n`);
}

/** The mirror that this machine's own apt uses; elsewhere, or for another, DEBIAN_MIRROR. */
function findMirrors(): { readonly archive: string; readonly security: string } {
  const chosen = process.env.DEBIAN_MIRROR;
  if (chosen !== undefined && chosen !== '') return { archive: chosen, security: `${chosen}-security` };
  const targets = call('apt-get', [
    'indextargets',
    '--format',
    '$(ORIGIN) $(RELEASE) $(REPO_URI)',
    'Identifier: Packages',
  ])
    .split('\n')
    .map((row) => row.split(' '))
    .filter(([origin]) => origin === 'Debian');
  const archive = targets.find(([, suite]) => /^\w+$/.test(suite ?? ''))?.[2];
  const security = targets.find(([, suite]) => suite?.endsWith('-security'))?.[2];
  if (archive === undefined) {
    throw new Error(
      'no mirror of Debian is known here: this host’s apt has none; set DEBIAN_MIRROR to the address of one',
    );
  }
  return { archive, security: security ?? `${archive.replace(/\/$/, '')}-security` };
}

function newestPackages(kernel: Kernel, namesWith: (prefix: string) => string): readonly string[] {
  const arch = kernel.arch === 'x64' ? 'amd64' : 'arm64';
  const versions = kernel.packages.map((name) => {
    const [prefix = '', suffix = ''] = name.split('*');
    const wanted = new RegExp(`^${prefix}(${toPattern(kernel.version)})${suffix}$`);
    return namesWith(prefix)
      .split('\n')
      .flatMap((found) => wanted.exec(found)?.[1] ?? []);
  });
  const [first = [], ...others] = versions;
  const complete = first.filter((version) => others.every((list) => list.includes(version)));
  const newest = complete.sort(byVersion).at(-1);
  if (newest === undefined) throw new Error(`Debian’s lists have no kernel ${kernel.name} (${kernel.version})`);
  return kernel.packages.map((name) => `${name.replace('*', newest)}:${arch}`);
}

function toPattern(version: string): string {
  return version.replace(/[.+]/g, '\\$&').replace('*', '[\\d.]+');
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
