/** Is there a compose provider that can start the stack? */
import type { Check, CheckResult, Probe } from 'zx-tasks';
import { findProvider } from '../lib/compose.ts';
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
    run: hasProvider,
  },
];

async function hasProvider(probe: Probe): Promise<CheckResult> {
  const engine = await probe.engine();
  if (engine === undefined) return noEngine();
  const provider = await findProvider({ run: probe.run, env: probe.env, engine });
  if (provider !== undefined)
    return { outcome: 'pass', summary: `\`${provider.command.join(' ')}\` ${provider.version}` };
  const fixes = await installFix(probe, 'install podman-compose', {
    apt: 'podman-compose',
    dnf: 'podman-compose',
    pacman: 'podman-compose',
    brew: 'podman-compose',
  });
  return {
    outcome: 'fail',
    summary: '`podman-compose`, `podman compose` and `docker compose` are all missing',
    cause: 'the stack is described in container/docker-compose.yml, and a compose provider starts it',
    fixes: fixes.length > 0 ? fixes : [{ about: 'install podman-compose', command: 'pipx install podman-compose' }],
  };
}
