import type { Fix, Probe } from 'zx-tasks';

/** What an administrator does; Debian and Ubuntu have another name for the group than the rest. */
export async function letUseSudo(probe: Probe): Promise<Fix> {
  const manager = await firstOf(probe, ['apt-get', 'dnf', 'pacman'] as const);
  const hasSudo = (await probe.which('sudo')) !== undefined;
  const install =
    hasSudo || manager === undefined ? '' : `${manager} ${manager === 'pacman' ? '-S' : 'install'} sudo && `;
  const missing = hasSudo || install !== '' ? '' : 'install `sudo` and ';
  return {
    about: `have an administrator ${missing}let you use it, then log in anew`,
    command: `su - -c "${install}usermod -aG ${manager === 'apt-get' ? 'sudo' : 'wheel'} $(id -un)"`,
    byHand: true,
  };
}

async function firstOf<Name extends string>(probe: Probe, programs: readonly Name[]): Promise<Name | undefined> {
  for (const program of programs) if ((await probe.which(program)) !== undefined) return program;
  return undefined;
}
