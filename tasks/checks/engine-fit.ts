/** Is the engine one that the stack is known to run on? */
import type { CheckResult, Engine, Fix, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import type { EngineInfo } from '../lib/engine-info.ts';
import { chooseEngine } from '../lib/engines.ts';
import { asRoot, enginePackages, installFix } from '../lib/packages.ts';
import { checkImages } from '../lib/stack.ts';
import { withEngineInfo } from '../lib/subjects.ts';

/** The oldest version that the stack is tested on, and the oldest that can work at all. */
const ranges: Readonly<Record<Engine['name'], { readonly tested: string; readonly works: string }>> = {
  podman: { tested: '>=4.3', works: '>=4.0' },
  docker: { tested: '>=23', works: '>=20.10' },
};

export const checks = documented([
  {
    id: 'EN006',
    name: 'engine-version',
    question: 'is the engine new enough?',
    group: 'engine',
    needs: ['EN002'],
    about: 'Older engines do not know CAP_BPF and CAP_PERFMON, or print other JSON than the tasks read.',
    fix: 'a newer Podman (4.3 or later) or Docker (23 or later)',
    run: withEngineInfo(isNewEnough),
  },
  {
    id: 'EN007',
    name: 'oci-runtime',
    question: 'does the OCI runtime work on this host?',
    group: 'engine',
    needs: ['EN002'],
    platforms: ['linux'],
    about: 'Where cgroups v1 and v2 are mounted side by side, `crun` refuses to start anything; `runc` does not.',
    fix: 'container settings that choose runc, for this project only',
    run: withEngineInfo(runtimeFits),
  },
  {
    id: 'EN008',
    name: 'cgroups',
    question: 'does the engine support this host’s version of cgroups?',
    group: 'engine',
    needs: ['EN002'],
    about: 'Podman 6 needs cgroups v2; older versions, and Docker, also work with v1.',
    fix: 'booting with cgroups v2, or an engine that works with v1',
    run: withEngineInfo(cgroupsFit),
  },
]);

async function isNewEnough(probe: Probe, _: EngineInfo, engine: Engine): Promise<CheckResult> {
  const { tested, works } = ranges[engine.name];
  const summary = `${engine.name} ${engine.version}`;
  if (probe.satisfies(engine.version, tested) === true) return { outcome: 'pass', summary };
  const mayWork = probe.satisfies(engine.version, works) === true;
  if (mayWork && !(await knowsCapabilities(probe, engine)))
    return {
      outcome: 'fail',
      summary: `${summary} does not know CAP_BPF and CAP_PERFMON`,
      cause:
        'without them no container may load eBPF; some distributions, such as Debian 12, made theirs from older sources',
      fixes: await turnToPodman(probe),
    };
  return {
    outcome: mayWork ? 'warn' : 'fail',
    summary: `${summary} is old`,
    cause: `the stack is tested on ${engine.name} ${tested} and cannot work before ${works.replace('>=', '')}`,
    fixes:
      !mayWork && (await isStuckWithOldPodman(probe, engine)) ? [turnToDocker(probe)] : await upgrade(probe, engine),
  };
}

function upgrade(probe: Probe, { name }: Engine): Promise<readonly Fix[]> {
  return installFix(probe, `install the newest ${name} of the distribution`, {
    apt: name === 'podman' ? 'podman' : 'docker.io',
    dnf: name === 'podman' ? 'podman' : 'moby-engine',
    pacman: name,
    ...(name === 'podman' ? { brew: 'podman' } : {}),
  });
}

/** Ubuntu 22.04 and older have Podman 3 for good, but Docker as new as the later ones. */
async function isStuckWithOldPodman(probe: Probe, { name }: Engine): Promise<boolean> {
  return name === 'podman' && /^ID=ubuntu$/m.test((await probe.read('/etc/os-release')) ?? '');
}

function turnToDocker(probe: Probe): Fix {
  const install = asRoot(probe, 'apt-get update && apt-get install docker.io docker-buildx docker-compose-v2');
  return {
    about: 'use Docker, which this Ubuntu has in a newer version',
    command: `${install} && npx tasks test --engine=docker`,
    byHand: true,
  };
}

/** Where there is one already, or a variable names the engine, installing it alone changes nothing. */
async function turnToPodman(probe: Probe): Promise<readonly Fix[]> {
  const choose = chooseEngine(probe, 'podman');
  if ((await probe.which('podman')) !== undefined) return [choose];
  const install = await installFix(probe, 'install Podman, which is then used instead', enginePackages);
  return (probe.env.TASKS_ENGINE ?? '') === '' ? install : [...install, choose];
}

/** Asks for a container of an image that cannot be there: Docker looks at the capabilities first. Podman knows them since 2.1. */
async function knowsCapabilities(probe: Probe, engine: Engine): Promise<boolean> {
  if (engine.name === 'podman') return true;
  const create = ['create', '--pull', 'never', '--cap-add', 'BPF', '--cap-add', 'PERFMON', checkImages.none];
  return !/unknown capability/.test((await probe.run([...engine.command, ...create], { timeoutMs: 10_000 })).stderr);
}

async function runtimeFits(probe: Probe, { runtime, cgroups }: EngineInfo, engine: Engine): Promise<CheckResult> {
  const isHybrid = cgroups === 'v1' && (await probe.exists('/sys/fs/cgroup/unified/cgroup.controllers'));
  if (runtime !== 'crun' || !isHybrid) return { outcome: 'pass', summary: runtime ?? `${engine.name}’s own` };
  return {
    outcome: 'warn',
    summary: 'crun, on a host with cgroups v1 and v2 side by side',
    cause: 'by default, crun starts no container on such a host',
    fixes: [{ about: 'write container settings that work on this host, for this project only', task: 'fix-runtime' }],
  };
}

function cgroupsFit(probe: Probe, { cgroups }: EngineInfo, engine: Engine): CheckResult {
  const needsV2 = engine.name === 'podman' && probe.satisfies(engine.version, '>=6') === true;
  if (cgroups !== 'v1' || !needsV2) return { outcome: 'pass', summary: `cgroups ${cgroups ?? 'unknown'}` };
  return {
    outcome: 'fail',
    summary: `Podman ${engine.version} on cgroups v1`,
    cause: 'Podman 6 dropped cgroups v1',
    fixes: [
      {
        about: 'boot with cgroups v2',
        command: 'sudo grubby --update-kernel=ALL --args=systemd.unified_cgroup_hierarchy=1',
        byHand: true,
      },
    ],
  };
}
