/** Is there a compose provider that can start the stack? */
import type { CheckResult, Engine, Fix, Probe } from 'zx-tasks';
import { findProvider, type Provider } from '../lib/compose.ts';
import { documented } from '../lib/docs.ts';
import { installFix } from '../lib/packages.ts';
import { withEngine } from '../lib/subjects.ts';

export const checks = documented([
  {
    id: 'CP001',
    name: 'compose',
    question: 'is there a compose provider?',
    group: 'engine',
    needs: ['EN002'],
    timeoutMs: 20_000,
    about:
      'The stack is started by the first of `podman-compose`, `podman compose` and `docker compose` that works, or by the command that TASKS_COMPOSE names. Old versions ignore keys and exit with 0 although a service failed, so the tasks check what really runs.',
    fix: 'installing podman-compose',
    run: withEngine(hasProvider),
  },
]);

/** The oldest versions that start the stack as it is written. */
const OLDEST_OF_PODMAN = '>=1.0.3';
const OLDEST_OF_DOCKER = '>=2';

/** Looks for a file that is named relatively in that file's own folder. The tasks name it whole; a person types it as the README does. */
const misplacesFiles = '>=1.3.0 <1.4.0';

async function hasProvider(probe: Probe, engine: Engine): Promise<CheckResult> {
  const provider = await findProvider({ run: probe.ask, env: probe.env, engine });
  const isAmiss = provider?.isDockers === true && engine.name === 'podman' && probe.platform.os === 'darwin';
  if (isAmiss) return handsOverText(probe, provider);
  if (provider !== undefined) return judge(probe, provider);
  return {
    outcome: 'fail',
    summary: '`podman-compose`, `podman compose` and `docker compose` are all missing',
    cause: 'a compose provider starts the stack that container/docker-compose.yml describes',
    fixes: await installProvider(probe),
  };
}

async function judge(probe: Probe, { command, version, isDockers }: Provider): Promise<CheckResult> {
  const words = command.join(' ');
  const summary = `\`${words}\` ${version}`;
  const range = isDockers ? OLDEST_OF_DOCKER : OLDEST_OF_PODMAN;
  const isFit = probe.satisfies(version, range) !== false;
  const isMisplacing = words === 'podman-compose' && probe.satisfies(version, misplacesFiles) === true;
  if (isFit && isMisplacing) return misplacing(summary);
  if (isFit) return { outcome: 'pass', summary };
  return {
    outcome: 'fail',
    summary: `${summary} is too old`,
    cause: `the compose file needs ${range}`,
    fixes: [{ about: 'install a newer version beside it', command: 'pipx install podman-compose' }],
  };
}

/** What `podman compose` calls where Podman Desktop has set it up; github.com/containers/podman/issues/27710. */
async function handsOverText(probe: Probe, { command, version }: Provider): Promise<CheckResult> {
  return {
    outcome: 'fail',
    summary: `\`${command.join(' ')}\` is Docker Compose ${version}, which cannot start the profiler on Podman`,
    cause: 'it passes the content of the seccomp profile, where Podman expects the name of a file',
    fixes:
      (probe.env.TASKS_COMPOSE ?? '') === ''
        ? await installProvider(probe)
        : [{ about: 'use podman-compose', command: 'unset TASKS_COMPOSE', byHand: true }],
  };
}

function misplacing(summary: string): CheckResult {
  return {
    outcome: 'warn',
    summary: `${summary}, which needs the absolute path of the compose file`,
    cause: 'it looks for a relative `-f` in that file’s own folder; this affects only commands that you type yourself',
    fixes: [
      {
        about: 'use the absolute path',
        command: 'podman-compose -f "$PWD/container/docker-compose.yml" logs -f profiler',
        byHand: true,
      },
      { about: 'install a newer version beside it', command: 'pipx install podman-compose', byHand: true },
    ],
  };
}

async function installProvider(probe: Probe): Promise<readonly Fix[]> {
  const fixes = await installFix(probe, 'install podman-compose', {
    apt: 'podman-compose',
    dnf: 'podman-compose',
    pacman: 'podman-compose',
    apk: 'podman-compose',
    brew: 'podman-compose',
    pipx: 'podman-compose',
  });
  return fixes.length > 0 ? fixes : [{ about: 'install podman-compose', command: 'pipx install podman-compose' }];
}
