/** Other runners, from npm. `PEERS=1` installs them into a folder that is gone afterwards; make is taken from the machine. */
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.mjs';

const versions = {
  'rust-just': '1.57.0',
  deno: '2.9.6',
  '@jdxcode/mise-linux-x64': '2026.9.15',
  turbo: '2.11.11',
  wireit: '0.14.13',
  '@moonrepo/cli': '2.5.5',
  nx: '24.0.6',
  hereby: '1.15.2',
};

const program = {
  just: 'rust-just-linux-x64/bin/just',
  deno: '@deno/linux-x64-glibc/deno',
  mise: '@jdxcode/mise-linux-x64/bin/mise',
  turbo: '@turbo/linux-64/bin/turbo',
  moon: '@moonrepo/core-linux-x64-gnu/moon',
  nx: '.bin/nx',
  hereby: '.bin/hereby',
};

/** What keeps them from calling home, leaving servers behind, and asking for trust. */
const quiet = (folder) => ({
  HOME: folder,
  TURBO_TELEMETRY_DISABLED: '1',
  NX_DAEMON: 'false',
  MISE_TRUSTED_CONFIG_PATHS: '/',
  MOON_TELEMETRY: 'false',
  CI: 'true',
});

/** Installs them and gives a function from a project's folder to the rows of a task, by runner; those that work there. */
export async function installPeers(folder) {
  writeFileSync(join(folder, 'package.json'), '{ "name": "peers", "private": true }');
  if (process.env.PEERS !== '1') return async () => [];
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, ...packages];
  execFileSync('npm', words, { stdio: 'ignore' });
  const at = (name) => join(folder, 'node_modules', program[name]);
  return async (cwd, task, options = {}) => {
    symlinkSync(join(folder, 'node_modules'), join(cwd, 'node_modules'));
    const rows = {
      make: ['make', '-s', '-j2', task],
      just: [at('just'), task],
      deno: [at('deno'), 'task', '-q', task],
      mise: [at('mise'), 'run', '-q', task],
      turbo: [at('turbo'), 'run', task, '--no-daemon'],
      moon: [at('moon'), 'run', `bench:${task}`, '--quiet'],
      nx: [at('nx'), 'run', `bench:${task}`],
      hereby: [at('hereby'), task],
      wireit: ['npm', 'run', '-s', 'wired'],
    };
    const wanted = Object.entries(rows).filter(([name]) => options.only === undefined || options.only.includes(name));
    const working = [];
    for (const [name, command] of wanted) {
      const row = { name, command, cwd, env: quiet(folder) };
      const problem = await run(row).then(
        () => undefined,
        (error) => error.message,
      );
      if (problem === undefined) working.push(row);
      else console.log(`${name} is left out: ${problem}`);
    }
    return working;
  };
}
