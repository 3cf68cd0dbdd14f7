/** Is there a container engine, does it answer, and does it run containers as root? */
import type { CheckResult, Engine, Fix, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { chooseEngine, type EngineName, enginesHere, preferredEngine, runsSystemd } from '../lib/engines.ts';
import { withoutRoot } from '../lib/let-use-sudo.ts';
import { folderOffPath, startDocker } from '../lib/mac.ts';
import { asRoot, enginePackages, installFix } from '../lib/packages.ts';
import { fate, lastLine } from '../lib/ran.ts';
import { withEngine } from '../lib/subjects.ts';

export const checks = documented([
  {
    id: 'EN001',
    name: 'container-engine',
    question: 'is a container engine installed?',
    group: 'engine',
    about:
      'The application, the profiler and the eBPF build run in containers. The docker command counts as an engine only where there can be a daemon: installed here, named by DOCKER_HOST or by a context, or Docker Desktop’s.',
    fix: 'installing Podman with the system’s package manager',
    timeoutMs: 20_000,
    run: engineIsInstalled,
  },
  {
    id: 'EN002',
    name: 'engine-answers',
    question: 'does the container engine answer?',
    group: 'engine',
    needs: ['EN001', 'PM002'],
    timeoutMs: 20_000,
    about:
      'An engine answers if its `info` reports a version; that its command exists is not enough. A `docker` command that is really Podman is recognised.',
    fix: 'on macOS, starting the Podman machine; on Linux, starting Docker’s daemon where systemd runs, otherwise installing what Podman lacks',
    run: engineAnswers,
  },
  {
    id: 'EN003',
    name: 'engine-rootful',
    question: 'does the engine run containers as root, so that eBPF can be loaded?',
    group: 'engine',
    needs: ['EN002'],
    platforms: ['linux'],
    about:
      'Only the kernel’s own root, with CAP_BPF in the first user namespace, may load eBPF; root in a rootless engine is an ordinary user to the kernel.',
    fix: 'calling the engine through sudo; on macOS a rootful machine',
    run: withEngine(engineIsRootful),
  },
]);

async function engineIsInstalled(probe: Probe): Promise<CheckResult> {
  const name = await preferredEngine(probe);
  if (name !== undefined) {
    askEarly(probe, name);
    return engineRuns(probe, name);
  }
  const folder = await folderOffPath(probe, 'podman');
  if (folder !== undefined) return offPath(folder);
  const hasClient = (await probe.which('docker')) !== undefined;
  return {
    outcome: 'fail',
    summary: hasClient ? 'only the docker client is installed, no engine' : 'neither `podman` nor `docker` is on PATH',
    cause: 'the application, the profiler and the eBPF build run in containers',
    fixes: await installEngine(probe),
  };
}

function offPath(folder: string): CheckResult {
  return {
    outcome: 'fail',
    summary: `\`podman\` is in ${folder}, which is not on PATH`,
    cause: 'programs started by an IDE or by launchd do not read ~/.zprofile, where installers add this folder',
    fixes: [{ about: 'add the folder to PATH', command: `export PATH="${folder}:$PATH"`, byHand: true }],
  };
}

/** What nearly every other check waits for; on a Mac the machine is looked at first. An engine that is silent is asked again. */
function askEarly(probe: Probe, name: EngineName): void {
  if (name === 'podman' && probe.platform.os === 'linux') probe.engine().catch(() => undefined);
}

/** An engine that cannot even say its version is not installed as it should be. A Mac looks into a new program when it first runs. */
async function engineRuns(probe: Probe, name: EngineName): Promise<CheckResult> {
  const timeoutMs = probe.platform.os === 'darwin' ? 18_000 : 5_000;
  const ran = await probe.run([name, '--version'], { timeoutMs });
  if (ran.code === 0) return { outcome: 'pass', summary: ran.stdout.trim() };
  return {
    outcome: 'fail',
    summary: `\`${name}\` is installed but does not run`,
    cause: `\`${name} --version\` ${fate(ran)}: ${lastLine(ran)}`,
    fixes: await installEngine(probe),
  };
}

async function installEngine(probe: Probe): Promise<readonly Fix[]> {
  const fixes = await installFix(probe, 'install Podman and what it needs', enginePackages);
  if (fixes.length > 0) return fixes;
  const opens = probe.platform.os === 'darwin' ? 'open' : 'xdg-open';
  return [{ about: 'install Podman', command: `${opens} https://podman.io/docs/installation`, byHand: true }];
}

async function engineAnswers(probe: Probe): Promise<CheckResult> {
  const engine = await probe.engine();
  if (engine !== undefined) return answered(engine);
  const names = await enginesHere(probe);
  const isOrdinaryUser = probe.platform.os === 'linux' && probe.user !== undefined && probe.user.uid !== 0;
  if (isOrdinaryUser && (await probe.run(['sudo', '-n', 'true'])).code !== 0) return await withoutRoot(probe);
  const asked = await Promise.all(names.map((name) => askAgain(probe, name, isOrdinaryUser)));
  const silent = asked.filter(({ why }) => why !== undefined);
  const other = asked.find(({ why }) => why === undefined)?.name;
  const late = other === undefined ? undefined : await probe.engine();
  if (late !== undefined) return answered(late);
  const fixes = await Promise.all(silent.map(({ name }) => wake(probe, name, other === undefined)));
  const chosen = probe.env.TASKS_ENGINE || undefined;
  const isLeftOut =
    other === undefined
      ? []
      : [`\`${other}\` answers, but ${chosen === undefined ? '`--engine`' : `TASKS_ENGINE=${chosen}`} leaves it out`];
  return {
    outcome: 'fail',
    summary:
      other === undefined && silent.length > 1
        ? `neither ${silent.map(({ name }) => `\`${name}\``).join(' nor ')} answers`
        : `${silent[0] === undefined ? 'the engine that was chosen' : `\`${silent[0].name}\``} does not answer`,
    cause: [...silent.map(({ why }) => why), ...isLeftOut].join('; '),
    fixes: [...fixes.flat(), ...(other === undefined ? [] : [chooseEngine(probe, other)])],
  };
}

function answered({ name, version, disguised }: Engine): CheckResult {
  const disguise = disguised ? ' (the `docker` command here is Podman)' : '';
  return { outcome: 'pass', summary: `${name} ${version}${disguise}` };
}

/** Why it is silent; undefined for one that answers and is not to be used. Docker's client may end with 0 where no daemon answers. */
async function askAgain(
  probe: Probe,
  name: EngineName,
  isOrdinaryUser: boolean,
): Promise<{ readonly name: EngineName; readonly why: string | undefined }> {
  const asked = [...(isOrdinaryUser && name === 'podman' ? ['sudo', '-n'] : []), name, 'info'];
  const ran = await probe.run(asked, { timeoutMs: 15_000 });
  const answers = ran.code === 0 && (name === 'podman' || /Server Version: /.test(ran.stdout));
  if (answers) return { name, why: undefined };
  const command = asked.join(' ');
  // Docker before 23 ends with a sentence that says nothing.
  const said = /^ERROR: (.+)/m.exec(ran.stdout)?.[1] ?? lastLine(ran);
  return { name, why: ran.code === 0 ? `\`${command}\` reports no server` : `\`${command}\` ${fate(ran)}: ${said}` };
}

async function wake(probe: Probe, name: EngineName, mayInstall: boolean): Promise<readonly Fix[]> {
  const isMac = probe.platform.os === 'darwin';
  if (isMac && name === 'podman') return [{ about: 'start the Podman machine', task: 'machine-start' }];
  if (isMac) return [await startDocker(probe)];
  if (name === 'docker' && (await runsSystemd(probe)))
    return [{ about: 'start the Docker daemon', command: asRoot(probe, 'systemctl start docker') }];
  return mayInstall ? await installEngine(probe) : [];
}

function engineIsRootful(probe: Probe, engine: Engine): CheckResult {
  if (engine.rootful) return { outcome: 'pass', summary: 'containers run as root' };
  const isDockers = engine.name === 'docker' || engine.disguised;
  return {
    outcome: 'fail',
    summary: `${engine.name} runs rootless here`,
    cause: 'the kernel lets only root (CAP_BPF in the first user namespace) load eBPF',
    fixes: [
      isDockers
        ? leaveRootless(probe)
        : { about: 'call the engine as root', command: 'sudo -v && npx tasks doctor', byHand: true },
    ],
  };
}

/** Docker's command is asked as the caller first, and talks to what a variable or a context names. */
function leaveRootless({ env }: Probe): Fix {
  const command = (env.DOCKER_HOST ?? '') === '' ? 'docker context use default' : 'unset DOCKER_HOST';
  return { about: 'use the daemon that runs as root', command: `${command} && npx tasks doctor`, byHand: true };
}
