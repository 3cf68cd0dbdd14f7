/** What the tests call besides the stack: real servers, real clients, the shells that complete, an ordinary user's way to root, a formatter. */
import type { CheckResult, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { installFix } from '../lib/packages.ts';
import { missingAmong } from '../lib/tools.ts';

type Tool = { readonly program: string; readonly apt: string; readonly dnf: string; readonly pacman: string };

const tools: readonly Tool[] = [
  { program: 'sudo', apt: 'sudo', dnf: 'sudo', pacman: 'sudo' },
  { program: 'python3', apt: 'python3-minimal', dnf: 'python3', pacman: 'python' },
  { program: 'curl', apt: 'curl', dnf: 'curl', pacman: 'curl' },
  { program: 'nginx', apt: 'nginx-light', dnf: 'nginx', pacman: 'nginx' },
  { program: 'zsh', apt: 'zsh', dnf: 'zsh', pacman: 'zsh' },
  { program: 'fish', apt: 'fish', dnf: 'fish', pacman: 'fish' },
  { program: 'clang-format', apt: 'clang-format', dnf: 'clang-tools-extra', pacman: 'clang' },
];

export const checks = documented([
  {
    id: 'TC002',
    name: 'test-tools',
    question: 'does this host have the programs that the tests run?',
    group: 'development',
    platforms: ['linux'],
    about:
      'The tests switch to an ordinary user with sudo, open a terminal with Python, send requests with curl, try completion in zsh and fish, and check the eBPF sources with clang-format.',
    fix: 'installing them',
    run: hasTools,
  },
]);

async function hasTools(probe: Probe): Promise<CheckResult> {
  const missing = await missingAmong(probe, tools);
  if (missing.length === 0) return { outcome: 'pass', summary: tools.map((tool) => tool.program).join(', ') };
  const names = (manager: 'apt' | 'dnf' | 'pacman') => missing.map((tool) => tool[manager]).join(' ');
  return {
    outcome: 'warn',
    summary: `not installed: ${missing.map((tool) => tool.program).join(', ')}`,
    cause: 'only the tests need them',
    fixes: await installFix(probe, 'install the programs that the tests run', {
      apt: names('apt'),
      dnf: names('dnf'),
      pacman: names('pacman'),
    }),
  };
}
