/** With what a tool is installed that a check of a version misses. */
import { expect, test } from 'vitest';
import { versionCheck } from '../../tasks/runner/checks/version.ts';
import type { Probe } from '../../tasks/runner/script.ts';

const row = {
  kind: 'version',
  id: 'TL001',
  name: 'tool',
  group: 'tools',
  needs: [],
  command: 'tool --version',
  version: '>=1',
  install: { apt: 'tool' },
} as const;

test.each([
  ['root needs no sudo', 0, {}, 'apt-get update && apt-get install -y tool'],
  ['others do', 1000, {}, 'sudo -n apt-get update && sudo -n apt-get install -y tool'],
  [
    'which drops a proxy unless it is told',
    1000,
    { https_proxy: 'http://proxy.example.com', no_proxy: '' },
    'sudo -n --preserve-env=https_proxy apt-get update && sudo -n --preserve-env=https_proxy apt-get install -y tool',
  ],
])('%s', async (_, uid, env, command) => {
  const probe = {
    env,
    user: { uid, gid: uid },
    platform: { os: 'linux', arch: 'x64', pretended: false },
    isTerminal: false,
    run: async () => ({ command: '', code: 127, stdout: '', stderr: '', tookMs: 1 }),
    which: async () => '/usr/bin/apt-get',
  };
  const result = await versionCheck(row).run(probe as Partial<Probe> as Probe);
  expect(result).toMatchObject({ outcome: 'fail', fixes: [{ command }] });
});
