/** Is there a container engine, does it answer, and does it run containers as root? */
import type { Check, CheckResult, Fix, Probe } from 'zx-tasks';
import { asRoot, installFix } from '../lib/packages.ts';
import { fate, lastLine, noEngine } from '../lib/ran.ts';

const enginePackages = {
  apt: 'podman runc podman-compose netavark aardvark-dns iptables ca-certificates',
  dnf: 'podman podman-compose',
  pacman: 'podman podman-compose',
  brew: 'podman podman-compose',
};

export const checks: Check[] = [
  {
    id: 'EN001',
    name: 'container-engine',
    question: 'is a container engine installed?',
    group: 'engine',
    run: engineIsInstalled,
  },
  {
    id: 'EN002',
    name: 'engine-answers',
    question: 'does the container engine answer?',
    group: 'engine',
    needs: ['EN001', 'PM002'],
    timeoutMs: 20_000,
    run: engineAnswers,
  },
  {
    id: 'EN003',
    name: 'engine-rootful',
    question: 'does the engine run containers as root, so that eBPF can be loaded?',
    group: 'engine',
    needs: ['EN002'],
    platforms: ['linux'],
    run: engineIsRootful,
  },
];

async function engineIsInstalled(probe: Probe): Promise<CheckResult> {
  for (const name of ['podman', 'docker']) {
    const path = await probe.which(name);
    if (path === undefined) continue;
    const ran = await probe.run([name, '--version']);
    if (ran.code === 0) return { outcome: 'pass', summary: ran.stdout.trim() };
  }
  const fixes = await installFix(probe, 'install Podman and what it needs', enginePackages);
  return {
    outcome: 'fail',
    summary: 'neither `podman` nor `docker` is on PATH',
    cause: 'the application, the profiler and the eBPF build run in containers',
    fixes:
      fixes.length > 0 ? fixes : [{ about: 'install Podman', command: 'xdg-open https://podman.io/docs/installation' }],
  };
}

async function engineAnswers(probe: Probe): Promise<CheckResult> {
  const engine = await probe.engine();
  if (engine !== undefined) {
    const disguise = engine.disguised ? ' (`docker` here is Podman in disguise)' : '';
    return { outcome: 'pass', summary: `${engine.name} ${engine.version}${disguise}` };
  }
  const name = (await probe.which('podman')) === undefined ? 'docker' : 'podman';
  const isOrdinaryUser = probe.platform.os === 'linux' && probe.user !== undefined && probe.user.uid !== 0;
  if (isOrdinaryUser && (await probe.run(['sudo', '-n', 'true'])).code !== 0) return sudoRefuses();
  const ran = await probe.run([name, 'info'], { timeoutMs: 15_000 });
  return {
    outcome: 'fail',
    summary: `\`${name} info\` ${fate(ran)}`,
    cause: lastLine(ran),
    fixes: startEngine(probe, name),
  };
}

function sudoRefuses(): CheckResult {
  return {
    outcome: 'fail',
    summary: 'the engine must be called through `sudo`, and `sudo` asks for a password',
    cause: 'loading eBPF needs an engine that runs as root; you are an ordinary user and nobody can be asked here',
    fixes: [{ about: 'let sudo remember you, then run this again in the same terminal', command: 'sudo -v' }],
  };
}

function startEngine(probe: Probe, name: string): readonly Fix[] {
  if (probe.platform.os === 'darwin' && name === 'podman')
    return [{ about: 'start the Podman machine', task: 'machine-start' }];
  if (probe.platform.os === 'darwin') return [{ about: 'start Docker Desktop', command: 'open -a Docker' }];
  return [{ about: `start ${name}`, command: asRoot(probe, `systemctl start ${name}`) }];
}

async function engineIsRootful(probe: Probe): Promise<CheckResult> {
  const engine = await probe.engine();
  if (engine === undefined) return noEngine();
  if (engine.rootful) return { outcome: 'pass', summary: 'containers run as root' };
  return {
    outcome: 'fail',
    summary: `${engine.name} runs rootless here`,
    cause: 'the kernel lets only root (CAP_BPF in the first user namespace) load eBPF',
    fixes: [{ about: 'call the engine as root', command: 'sudo -v && npx tasks doctor' }],
  };
}
