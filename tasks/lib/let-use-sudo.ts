/** What is said where `sudo` does not let an ordinary user through. */
import type { CheckResult, Fix, Probe } from 'zx-tasks';

const NEEDS_ROOT = 'loading eBPF needs an engine that runs as root, and you are an ordinary user';

/** It is missing, it refused, or it asks for a password where nobody can answer. */
export async function withoutRoot(probe: Probe): Promise<CheckResult> {
  if ((await probe.which('sudo')) === undefined)
    return {
      outcome: 'fail',
      summary: 'the engine must be called through `sudo`, which is not installed',
      cause: NEEDS_ROOT,
      fixes: [await letUseSudo(probe)],
    };
  const enter: Fix = { about: 'enter the password once, then run this again in the same terminal', command: 'sudo -v' };
  if (probe.isTerminal)
    return {
      outcome: 'fail',
      summary: 'the engine must be called through `sudo`, which refused',
      cause: `${NEEDS_ROOT}; the password was wrong, or \`sudo\` does not know you`,
      fixes: [enter, await letUseSudo(probe)],
    };
  return {
    outcome: 'fail',
    summary: 'the engine must be called through `sudo`, and `sudo` asks for a password',
    cause: `${NEEDS_ROOT}; there is no terminal on which to ask for a password`,
    fixes: [enter],
  };
}

/** What an administrator does; Debian and Ubuntu have another name for the group than the rest. */
async function letUseSudo(probe: Probe): Promise<Fix> {
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
