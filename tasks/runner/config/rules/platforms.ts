import { didYouMean, listed } from '../../errors.ts';
import type { Finding, Path } from '../finding.ts';
import type { Config } from '../types.ts';

/* As Node calls them. */
const systems = [
  'aix',
  'android',
  'cygwin',
  'darwin',
  'freebsd',
  'haiku',
  'linux',
  'netbsd',
  'openbsd',
  'sunos',
  'win32',
];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips', 'mipsel', 'ppc64', 'riscv64', 's390x', 'x64'];

/** What others call them. */
const otherNames: Readonly<Record<string, string>> = {
  macos: 'darwin',
  mac: 'darwin',
  osx: 'darwin',
  windows: 'win32',
  win: 'win32',
  amd64: 'x64',
  aarch64: 'arm64',
};

/** Platforms that do not exist: what is for them would be skipped everywhere, without a word. */
export function platformRules({
  tasks,
  checks,
  policy,
}: Pick<Config, 'tasks' | 'checks' | 'policy'>): readonly Finding[] {
  const inList = (owner: Path, platforms: readonly string[] | undefined): readonly Finding[] =>
    (platforms ?? []).flatMap((platform, index) => platformRule(platform, [...owner, 'platforms', index]));
  return [
    ...Object.values(tasks).flatMap((task) => inList(['tasks', task.name], task.platforms)),
    ...Object.values(checks).flatMap((check) =>
      check.kind === 'version' ? inList(['checks', check.name], check.platforms) : [],
    ),
    ...policy.flatMap((row, index) => platformRule(row.on, ['policy', index, 'on'])),
  ];
}

function platformRule(platform: string, path: Path): readonly Finding[] {
  const [system = '', processor] = platform.split('-');
  return [
    ...nameRule({ path, kind: 'platform', name: system, known: systems }),
    ...(processor === undefined ? [] : nameRule({ path, kind: 'processor', name: processor, known: processors })),
  ];
}

type Named = { readonly path: Path; readonly kind: string; readonly name: string; readonly known: readonly string[] };

function nameRule({ path, kind, name, known }: Named): readonly Finding[] {
  if (known.includes(name)) return [];
  const other = otherNames[name];
  const meant = other !== undefined && known.includes(other) ? `, did you mean \`${other}\`?` : didYouMean(name, known);
  const message = `there is no ${kind} \`${name}\`${meant}`;
  return [{ path, at: 'value', part: name, message, hint: `Node knows ${listed(known)}` }];
}
