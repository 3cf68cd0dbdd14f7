/** Does a container really start, alone and on a network? */
import type { CheckResult, Engine, Fix, Probe, Ran } from 'zx-tasks';
import { buildCommand } from '../lib/build-command.ts';
import { boundingSet, SYS_RESOURCE } from '../lib/capabilities.ts';
import { documented } from '../lib/docs.ts';
import { readEngineInfo } from '../lib/engine-info.ts';
import { installFix } from '../lib/packages.ts';
import { fate, lastLine } from '../lib/ran.ts';
import { checkImages, checkLabel, project, projectLabel } from '../lib/stack.ts';
import { withEngine } from '../lib/subjects.ts';
import { tinyElf } from '../lib/tiny-elf.ts';

/** So long that a busy host is no failure, and so short that two fit into a check's time. */
const TINY_WITHIN_MS = 28_000;

export const checks = documented([
  {
    id: 'EN004',
    name: 'container-starts',
    question: 'does a container start?',
    group: 'engine',
    needs: ['EN002', 'EN003'],
    timeoutMs: 60_000,
    about: 'A tiny container is actually started, because no version number proves that this works.',
    fix: 'container settings with limits and an OCI runtime that work on this host, for this project only; with Docker, installing its plug-in buildx',
    run: withEngine(containerStarts),
  },
  {
    id: 'EN005',
    name: 'container-network',
    question: 'does a container start on a bridge network?',
    group: 'engine',
    needs: ['EN004'],
    platforms: ['linux'],
    timeoutMs: 60_000,
    about:
      'The same container is started on the default bridge network, which needs netavark or CNI plug-ins and a firewall command.',
    fix: 'installing Podman’s network tools',
    run: withEngine(bridgeWorks),
  },
]);

/** Engines on whose bridge network a container has started in this run: one start tells two checks. */
const bridged = new WeakSet<Engine>();

async function containerStarts(probe: Probe, engine: Engine): Promise<CheckResult> {
  const building = buildNeedsTrial(probe, engine).then((needs) => (needs ? buildTiny(probe, engine) : undefined));
  const [started, built] = await Promise.all([startAnywhere(probe, engine), building]);
  const ran = started.code === 0 && built !== undefined ? built : started;
  if (ran.code === 0) return { outcome: 'pass', summary: 'a tiny container started and exited with 0' };
  return {
    outcome: 'fail',
    summary: `${engine.name} cannot ${ran === started ? 'start' : 'build'} a container: ${fate(ran)}`,
    cause: explainStart(ran),
    fixes: await fixStart(probe, engine, ran),
  };
}

async function fixStart(probe: Probe, engine: Engine, ran: Ran): Promise<readonly Fix[]> {
  if (NO_BUILDX.test(ran.stderr)) return installFix(probe, 'install buildx', buildxPackages);
  if (engine.name !== 'podman' || probe.platform.os !== 'linux') return [];
  return [{ about: 'write container settings that work on this host, for this project only', task: 'fix-runtime' }];
}

/** On the bridge network first, and only where that fails without any. */
async function startAnywhere(probe: Probe, engine: Engine): Promise<Ran> {
  if (probe.platform.os === 'linux') {
    const ran = await startTiny(probe, engine, []);
    if (ran.code === 0) {
      bridged.add(engine);
      return ran;
    }
  }
  return await startTiny(probe, engine, ['--network', 'none']);
}

async function bridgeWorks(probe: Probe, engine: Engine): Promise<CheckResult> {
  const works: CheckResult = { outcome: 'pass', summary: 'a container started on the default bridge network' };
  if (bridged.has(engine)) return works;
  const ran = await startTiny(probe, engine, []);
  if (ran.code === 0) return works;
  return {
    outcome: 'fail',
    summary: `${engine.name} cannot connect a container to a bridge network: ${fate(ran)}`,
    cause: lastLine(ran),
    fixes: await installFix(probe, 'install Podman’s network tools', {
      apt: 'netavark aardvark-dns iptables nftables',
      dnf: 'netavark aardvark-dns iptables-nft',
      pacman: 'netavark aardvark-dns iptables-nft',
      apk: 'netavark aardvark-dns iptables nftables',
    }),
  };
}

/** Starts one tiny container that needs no image where the engine is local, else one built from nothing. */
async function startTiny(probe: Probe, engine: Engine, flags: readonly string[]): Promise<Ran> {
  const arch = await archOf(probe, engine);
  const program = tinyElf(arch);
  if (program === undefined) return notRun(`no test program for ${arch}`);
  const isLocalPodman = engine.name === 'podman' && !engine.disguised && probe.platform.os === 'linux';
  if (isLocalPodman) {
    const folder = await probe.scratch({ exit: program });
    return probe.run(
      [...engine.command, 'run', '--rm', ...labelled(folder), ...flags, '--rootfs', `${folder}:O`, '/exit'],
      { timeoutMs: TINY_WITHIN_MS },
    );
  }
  const folder = await probe.scratch({
    exit: program,
    Containerfile: 'FROM scratch\nCOPY exit /exit\nCMD ["/exit"]\n',
  });
  const image = checkImages.start;
  const built = await probe.run([...buildCommand(engine), '-q', '-t', image, '-f', `${folder}/Containerfile`, folder], {
    timeoutMs: TINY_WITHIN_MS,
  });
  if (built.code !== 0) return built;
  const run = [...engine.command, 'run', '--rm', ...labelled(folder), ...flags, image];
  const ran = await probe.run(run, { timeoutMs: TINY_WITHIN_MS });
  await probe.run([...engine.command, 'rmi', '-f', image]);
  return ran;
}

/** An interrupt may come before the container has started, and then nothing removes it but `down`, which knows it by these. */
function labelled(folder: string): readonly string[] {
  return ['--label', `${projectLabel}=${project}`, '--label', `${checkLabel}=${folder}`];
}

/** A machine's processor is not always the one that Node was made for. */
async function archOf(probe: Probe, engine: Engine): Promise<string> {
  const { os, arch } = probe.platform;
  return os === 'linux' ? arch : ((await readEngineInfo(probe, engine))?.arch ?? arch);
}

/** Builds an image with one step that runs. */
async function buildTiny(probe: Probe, engine: Engine): Promise<Ran> {
  const program = tinyElf(probe.platform.arch);
  if (program === undefined) return notRun(`no test program for ${probe.platform.arch}`);
  const folder = await probe.scratch({
    exit: program,
    Containerfile: 'FROM scratch\nCOPY exit /exit\nRUN ["/exit"]\n',
  });
  const image = checkImages.build;
  const file = `${folder}/Containerfile`;
  const build = [...buildCommand(engine), '-q', '--network', 'none', '-t', image, '-f', file, folder];
  const built = await probe.run(build, { timeoutMs: TINY_WITHIN_MS });
  if (built.code === 0) await probe.run([...engine.command, 'rmi', '-f', image]);
  return built;
}

/**
 * Podman 5 fits the limits of what it runs to the host, but not of what it builds; one before 5 fits neither. Without this
 * capability not even root may raise a hard limit.
 */
async function buildNeedsTrial(probe: Probe, engine: Engine): Promise<boolean> {
  const fitsWhatItRuns = engine.name === 'podman' && probe.satisfies(engine.version, '>=5') === true;
  if (probe.platform.os !== 'linux' || !fitsWhatItRuns) return false;
  return (await boundingSet(probe))?.has(SYS_RESOURCE) === false;
}

const NO_BUILDX = /buildx component is missing/;
const buildxPackages = {
  apt: 'docker-buildx',
  dnf: 'docker-buildx',
  pacman: 'docker-buildx',
  apk: 'docker-cli-buildx',
  // Homebrew puts it where the docker command does not look.
  brew: 'docker-buildx && plugins="${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins" && mkdir -p "$plugins" && ln -sf "$(brew --prefix docker-buildx)/bin/docker-buildx" "$plugins/"',
};

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
  [NO_BUILDX, 'the docker command builds images with its plug-in buildx, which is not installed'],
];

function explainStart(ran: Ran): string {
  return startFailures.find(([pattern]) => pattern.test(ran.stderr))?.[1] ?? lastLine(ran);
}

function notRun(why: string): Ran {
  return { command: '', code: null, stdout: '', stderr: why, tookMs: 0 };
}
