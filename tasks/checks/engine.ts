/** Is there a container engine, does it answer, and does a container really start? */
import type { Check, CheckResult, Engine, Fix, Probe, Ran } from 'zx-tasks';
import { asRoot, installFix } from '../lib/packages.ts';
import { tinyElf } from '../lib/tiny-elf.ts';

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
  {
    id: 'EN004',
    name: 'container-starts',
    question: 'does a container start?',
    group: 'engine',
    needs: ['EN002', 'EN003'],
    timeoutMs: 60_000,
    run: containerStarts,
  },
  {
    id: 'EN005',
    name: 'container-network',
    question: 'does a container start on a bridge network?',
    group: 'engine',
    needs: ['EN004'],
    platforms: ['linux'],
    timeoutMs: 60_000,
    run: bridgeWorks,
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

async function containerStarts(probe: Probe): Promise<CheckResult> {
  const engine = await probe.engine();
  if (engine === undefined) return noEngine();
  const ran = await startTiny(probe, engine, ['--network', 'none']);
  if (ran.code === 0) return { outcome: 'pass', summary: 'a container of one system call started and ended with 0' };
  return {
    outcome: 'fail',
    summary: `${engine.name} cannot start a container: ${fate(ran)}`,
    cause: explainStart(ran),
    fixes:
      engine.name === 'podman' && probe.platform.os === 'linux'
        ? [{ about: 'write settings that fit this host, for this project only', task: 'fix-runtime' }]
        : [],
  };
}

async function bridgeWorks(probe: Probe): Promise<CheckResult> {
  const engine = await probe.engine();
  if (engine === undefined) return noEngine();
  const ran = await startTiny(probe, engine, []);
  if (ran.code === 0) return { outcome: 'pass', summary: 'a container started on the default bridge network' };
  return {
    outcome: 'fail',
    summary: `${engine.name} cannot connect a container to a bridge network: ${fate(ran)}`,
    cause: lastLine(ran),
    fixes: await installFix(probe, 'install what Podman makes networks with', {
      apt: 'netavark aardvark-dns iptables',
      dnf: 'netavark aardvark-dns iptables-nft',
      pacman: 'netavark aardvark-dns iptables-nft',
    }),
  };
}

/** Starts one tiny container that needs no image where the engine is local, else one built from nothing. */
async function startTiny(probe: Probe, engine: Engine, flags: readonly string[]): Promise<Ran> {
  const program = tinyElf(probe.platform.arch);
  if (program === undefined) return notRun(`no test program for ${probe.platform.arch}`);
  const isLocalPodman = engine.name === 'podman' && !engine.disguised && probe.platform.os === 'linux';
  if (isLocalPodman) {
    const folder = await probe.scratch({ exit: program });
    return probe.run([...engine.command, 'run', '--rm', ...flags, '--rootfs', `${folder}:O`, '/exit'], {
      timeoutMs: 50_000,
    });
  }
  const folder = await probe.scratch({
    exit: program,
    Containerfile: 'FROM scratch\nCOPY exit /exit\nCMD ["/exit"]\n',
  });
  const image = 'localhost/tasks-check-start';
  const built = await probe.run(
    [...engine.command, 'build', '-q', '-t', image, '-f', `${folder}/Containerfile`, folder],
    { timeoutMs: 50_000 },
  );
  if (built.code !== 0) return built;
  const ran = await probe.run([...engine.command, 'run', '--rm', ...flags, image], { timeoutMs: 50_000 });
  await probe.run([...engine.command, 'rmi', '-f', image]);
  return ran;
}

const startFailures: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /cgroups in hybrid mode not supported/,
    'crun refuses hosts that mount cgroups v1 and v2 side by side; runc does not',
  ],
  [/rlimit/i, 'the engine asks for higher limits than this host lets root set (no CAP_SYS_RESOURCE)'],
  [
    /executable file .*(crun|runc).* not found|(crun|runc).*(not found|no such file)/i,
    'the OCI runtime is not installed',
  ],
];

function explainStart(ran: Ran): string {
  return startFailures.find(([pattern]) => pattern.test(ran.stderr))?.[1] ?? lastLine(ran);
}

function noEngine(): CheckResult {
  return {
    outcome: 'could-not-check',
    summary: 'the engine stopped answering while it was looked at',
    cause: 'it answered a moment ago',
  };
}

function notRun(why: string): Ran {
  return { command: '', code: null, stdout: '', stderr: why, tookMs: 0 };
}

function fate(ran: Ran): string {
  if (ran.problem === 'timed-out') return `did not end within ${Math.round(ran.tookMs / 1000)} s`;
  if (ran.problem === 'not-found') return 'is not on PATH';
  return ran.code === null ? 'was killed' : `ended with ${ran.code}`;
}

function lastLine(ran: Ran): string {
  return (ran.stderr.trim() || ran.stdout.trim()).split('\n').at(-1)?.trim() || 'it printed nothing';
}
