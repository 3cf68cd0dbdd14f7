/** Is there a compose provider that can start the stack? */
import type { Check, CheckResult, Fix, Probe } from 'zx-tasks';
import { findProvider, type Provider } from '../lib/compose.ts';
import { docsOf } from '../lib/docs.ts';
import { installFix } from '../lib/packages.ts';
import { noEngine } from '../lib/ran.ts';

export const checks: Check[] = [
  {
    id: 'CP001',
    name: 'compose',
    question: 'is there a compose provider?',
    group: 'engine',
    needs: ['EN002'],
    timeoutMs: 20_000,
    about:
      'podman-compose, `podman compose` or `docker compose` starts the stack. Old ones are used with care: they ignore keys and end with 0 when a service failed.',
    mending: 'installing podman-compose',
    docs: docsOf('CP001'),
    run: hasProvider,
  },
];

/** The oldest versions that start the stack as it is written. */
const oldest: readonly (readonly [command: RegExp, range: string])[] = [
  [/podman-compose/, '>=1.0.3'],
  [/ compose$/, '>=2'],
];

/** Looks for a file that is named relatively in that file's own folder. The tasks name it whole; a person types it as the README does. */
const misplacesFiles = '>=1.3.0 <1.4.0';

async function hasProvider(probe: Probe): Promise<CheckResult> {
  const engine = await probe.engine();
  if (engine === undefined) return noEngine();
  const provider = await findProvider({ run: probe.ask, env: probe.env, engine });
  if (provider !== undefined) return judge(probe, provider);
  return {
    outcome: 'fail',
    summary: '`podman-compose`, `podman compose` and `docker compose` are all missing',
    cause: 'the stack is described in container/docker-compose.yml, and a compose provider starts it',
    fixes: await installProvider(probe),
  };
}

async function judge(probe: Probe, { command, version }: Provider): Promise<CheckResult> {
  const words = command.join(' ');
  const summary = `\`${words}\` ${version}`;
  const range = oldest.find(([pattern]) => pattern.test(words))?.[1] ?? '*';
  const isFit = probe.satisfies(version, range) !== false;
  const isMisplacing = words === 'podman-compose' && probe.satisfies(version, misplacesFiles) === true;
  if (isFit && isMisplacing) return misplacing(summary);
  if (isFit) return { outcome: 'pass', summary };
  return {
    outcome: 'fail',
    summary: `${summary} is too old`,
    cause: `${range} reads the compose file as it is written`,
    fixes: [{ about: 'install a newer one beside it', command: 'pipx install podman-compose' }],
  };
}

function misplacing(summary: string): CheckResult {
  return {
    outcome: 'warn',
    summary: `${summary}, which needs the compose file’s whole path`,
    cause:
      'it looks for a relative `-f` in that file’s own folder; the tasks are not concerned, commands that you type are',
    fixes: [
      {
        about: 'name it whole',
        command: 'podman-compose -f "$PWD/container/docker-compose.yml" logs -f profiler',
        byHand: true,
      },
      { about: 'install a newer one beside it', command: 'pipx install podman-compose', byHand: true },
    ],
  };
}

async function installProvider(probe: Probe): Promise<readonly Fix[]> {
  const fixes = await installFix(probe, 'install podman-compose', {
    apt: 'podman-compose',
    dnf: 'podman-compose',
    pacman: 'podman-compose',
    brew: 'podman-compose',
    pipx: 'podman-compose',
  });
  return fixes.length > 0 ? fixes : [{ about: 'install podman-compose', command: 'pipx install podman-compose' }];
}
