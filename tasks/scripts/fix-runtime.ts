/**
 * Writes .tasks/containers.conf: settings with which the engine starts containers on this host. Only this project's own
 * commands use it. `CONTAINERS_CONF` replaces every other containers.conf, so only what differs from the defaults is said.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, TaskFailure } from 'zx-tasks';
import { makeFolder, unlessForeign } from '../lib/foreign.ts';
import { readIfThere } from '../lib/read.ts';

const FILE = '.tasks/containers.conf';
const MOST_FILES = 1_048_576;
const MOST_PROCESSES = 32_768;
const netavarkFolders = [
  '/usr/lib/podman',
  '/usr/libexec/podman',
  '/usr/local/lib/podman',
  '/usr/local/libexec/podman',
];

export async function run(context: Context): Promise<void> {
  if (context.platform.os !== 'linux') {
    throw new TaskFailure(
      'only an engine that runs on this host can be given settings, and on macOS it runs in a machine',
      {
        remedy: 'npx tasks machine-start',
      },
    );
  }
  const limits = await hardLimits();
  const lines = [
    '# Written by `npx tasks fix-runtime`; `npx tasks clean` removes it.',
    '[containers]',
    `default_ulimits = [${limits.map((limit) => `"${limit}"`).join(', ')}]`,
    ...((await hasProgram(context, 'runc')) ? ['[engine]', 'runtime = "runc"'] : []),
    ...((await hasNetavark(context)) ? ['[network]', 'network_backend = "netavark"'] : []),
  ];
  await unlessForeign(context.root, '.tasks', async () => {
    await makeFolder(join(context.root, '.tasks'));
    await restoreOnFailure(context);
    await writeFile(join(context.root, `${FILE}.new`), `${lines.join('\n')}\n`);
    await rename(join(context.root, `${FILE}.new`), join(context.root, FILE));
  });
  for (const line of lines.slice(1)) context.log(line);
}

/** Settings that did not help are taken back: the file is again what it was, or gone. */
async function restoreOnFailure(context: Context): Promise<void> {
  const path = join(context.root, FILE);
  const before = await readIfThere(path);
  context.undoOnFailure(async () => {
    if (before === undefined) await rm(path, { force: true });
    else await writeFile(path, before);
  });
}

/**
 * What this process may have at most; an engine without CAP_SYS_RESOURCE cannot give a container more. Podman lowers its own
 * number of processes to 32768 before it starts one (its `--ulimit` default), and cannot give more than it has left.
 */
async function hardLimits(): Promise<readonly string[]> {
  const text = await readFile('/proc/self/limits', 'utf8');
  const hard = (name: string) =>
    Number(new RegExp(`^${name} +\\S+ +(\\d+)`, 'm').exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
  const nofile = Math.min(hard('Max open files'), MOST_FILES);
  const nproc = Math.min(hard('Max processes'), MOST_PROCESSES);
  return [`nofile=${nofile}:${nofile}`, `nproc=${nproc}:${nproc}`];
}

async function hasProgram(context: Context, name: string): Promise<boolean> {
  return (await context.run([name, '--version'])).code === 0;
}

async function hasNetavark(context: Context): Promise<boolean> {
  for (const folder of netavarkFolders) if (await hasProgram(context, `${folder}/netavark`)) return true;
  return false;
}
