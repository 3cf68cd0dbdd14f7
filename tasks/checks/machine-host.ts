/** Can this Mac start a Podman machine at all? */
import type { CheckResult, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { folderOffPath } from '../lib/mac.ts';
import { podmanVersion, readMachine } from '../lib/machine.ts';
import { fate, lastLine } from '../lib/ran.ts';
import { withPodman } from '../lib/subjects.ts';

/** The first that keeps the machine's clock, which Podman 6 asks of it. */
const KRUNKIT_RANGE = '>=1.2.1';

export const checks = documented([
  {
    id: 'PM005',
    name: 'machine-provider',
    question: 'is the program that runs the Podman machine installed?',
    group: 'machine',
    needs: ['EN001'],
    platforms: ['darwin'],
    about:
      'A machine runs on Apple’s hypervisor, through vfkit (applehv), which comes with Podman, or through krunkit (libkrun), which is the default since Podman 6 and not part of every installation.',
    fix: 'installing or upgrading krunkit, or choosing applehv',
    run: withPodman(providerIsHere),
  },
  {
    id: 'PM006',
    name: 'machine-processor',
    question: 'does this Podman support this Mac’s processor?',
    group: 'machine',
    needs: ['EN001'],
    platforms: ['darwin'],
    about: 'Podman 6 runs on Apple silicon only; 5.8 is the last version for Macs with Intel processors.',
    fix: 'Podman 5.8',
    run: withPodman(processorIsSupported),
  },
  {
    id: 'PM007',
    name: 'machine-hypervisor',
    question: 'can this Mac run virtual machines?',
    group: 'machine',
    platforms: ['darwin'],
    about:
      'A Mac that is itself a virtual machine often cannot: GitHub’s arm64 runners are such Macs, and no container engine works there.',
    fix: 'another Mac, or a Linux runner',
    run: hasHypervisor,
  },
]);

async function providerIsHere(probe: Probe): Promise<CheckResult> {
  const version = await podmanVersion(probe.ask);
  const provider = await chooseProvider(probe, version);
  if (provider !== 'libkrun') return { outcome: 'pass', summary: provider };
  const folder = await folderOffPath(probe, 'krunkit');
  const krunkit = folder === undefined ? await probe.which('krunkit') : `${folder}/krunkit`;
  if (krunkit === undefined) return withoutKrunkit('krunkit is not installed', 'install');
  const ran = await probe.run([krunkit, '--version'], { timeoutMs: 5_000 });
  if (ran.code !== 0) return withoutKrunkit(`krunkit does not run: it ${fate(ran)} (${lastLine(ran)})`, 'reinstall');
  const isTooOld = probe.satisfies(version, '>=6') === true && probe.satisfies(ran.stdout, KRUNKIT_RANGE) === false;
  if (isTooOld)
    return withoutKrunkit(`${ran.stdout.trim()} is too old for Podman 6: ${KRUNKIT_RANGE} is needed`, 'upgrade');
  return { outcome: 'pass', summary: 'libkrun, by krunkit' };
}

function withoutKrunkit(summary: string, mend: 'install' | 'reinstall' | 'upgrade'): CheckResult {
  return {
    outcome: 'fail',
    summary,
    cause: 'this Podman runs its machine with libkrun, which needs krunkit',
    fixes: [
      { about: `${mend} krunkit`, command: `brew ${mend} krunkit` },
      { about: 'use applehv instead', command: 'export CONTAINERS_MACHINE_PROVIDER=applehv', byHand: true },
    ],
  };
}

/** What the caller chose, what the machine that exists was made with, or the version's default. */
async function chooseProvider(probe: Probe, version: string): Promise<string> {
  const chosen = probe.env.CONTAINERS_MACHINE_PROVIDER ?? '';
  if (chosen !== '') return chosen;
  const found = await readMachine(probe.ask);
  const existing = found.state === 'known' ? found.machine?.provider : undefined;
  if (existing !== undefined) return existing;
  if (probe.satisfies(version, '>=6') === true) return 'libkrun';
  return probe.satisfies(version, '>=5') === true ? 'applehv' : 'qemu';
}

async function processorIsSupported(probe: Probe): Promise<CheckResult> {
  if (probe.platform.arch !== 'x64') return { outcome: 'pass', summary: 'Apple silicon' };
  const ran = await probe.run(['sysctl', '-n', 'hw.optional.arm64'], { timeoutMs: 5_000 });
  const isTranslated = ran.code === 0 && ran.stdout.trim() === '1';
  if (isTranslated) return { outcome: 'pass', summary: 'Apple silicon, with a Node for Intel processors' };
  const isTooNew = probe.satisfies(await podmanVersion(probe.ask), '>=6') === true;
  if (!isTooNew) return { outcome: 'pass', summary: 'Intel, with a Podman before 6' };
  return {
    outcome: 'fail',
    summary: 'Podman 6 on a Mac with an Intel processor',
    cause: 'Podman 6 dropped these Macs',
    fixes: [
      {
        about: 'install Podman 5.8 from its releases',
        command: 'open https://github.com/containers/podman/releases/tag/v5.8.6',
        byHand: true,
      },
    ],
  };
}

async function hasHypervisor(probe: Probe): Promise<CheckResult> {
  const ran = await probe.run(['sysctl', '-n', 'kern.hv_support'], { timeoutMs: 5_000 });
  if (ran.code === 0 && ran.stdout.trim() === '1')
    return { outcome: 'pass', summary: 'Apple’s hypervisor is available' };
  if (probe.platform.pretended && ran.code !== 0)
    return { outcome: 'skip', summary: 'only a real Mac can tell, and TASKS_PLATFORM only simulates one' };
  return {
    outcome: 'fail',
    summary: 'this Mac has no hypervisor',
    cause: 'it is a virtual machine itself, as GitHub’s arm64 runners are, and cannot run another',
    fixes: [
      { about: 'use a Linux runner for what needs containers', command: 'npx tasks doctor --skip PM007', byHand: true },
    ],
  };
}
