/** Is there room: on the disk, and in memory? */
import type { CheckResult, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { readEngineInfo } from '../lib/engine-info.ts';
import { engineCommand } from '../lib/shell-word.ts';

const GIB = 1024 ** 3;
const KIB_PER_MIB = 1024;
const DISK_GIB = { least: 1, recommended: 4 };
const MEMORY_MIB = { least: 512, recommended: 2048 };

export const checks = documented([
  {
    id: 'DK001',
    name: 'disk',
    question: 'is there enough free disk space?',
    group: 'project',
    about:
      'The images need about 2 GiB while they are built, where the engine keeps them: on a Mac on its machine’s own disk, on Linux often on another one than the checkout. Both are checked.',
    fix: 'removing images that are no longer needed',
    // As long as an engine may be silent.
    timeoutMs: 40_000,
    run: diskHasRoom,
  },
  {
    id: 'MM001',
    name: 'memory',
    question: 'is there enough free memory?',
    group: 'project',
    platforms: ['linux'],
    about: 'The eBPF compiler needs about 500 MiB while it runs; the stack itself needs 200.',
    fix: 'ending programs that use it',
    run: memoryIsFree,
  },
]);

async function diskHasRoom(probe: Probe): Promise<CheckResult> {
  const free = await probe.freeBytes(probe.root);
  if (free === undefined)
    return { outcome: 'could-not-check', summary: 'unknown', cause: `the free space of ${probe.root} cannot be read` };
  const forImages = await freeForImages(probe);
  const least = Math.min(free, forImages ?? free);
  const summary = `${inGib(free)} GiB free${sayWhere(probe, free, forImages)}`;
  if (least >= DISK_GIB.recommended * GIB) return { outcome: 'pass', summary };
  const engine = (await probe.engine()) ?? { command: ['podman'] };
  return {
    outcome: least < DISK_GIB.least * GIB ? 'fail' : 'warn',
    summary: `${summary}, ${DISK_GIB.recommended} are recommended`,
    cause: 'the images need about 2 GiB while they are built',
    fixes: [
      {
        about: 'remove images that no container uses',
        command: engineCommand(engine, 'image', 'prune', '-a'),
        byHand: true,
      },
    ],
  };
}

/** Podman says it; Docker says where to look, unless that is in its machine. */
async function freeForImages(probe: Probe): Promise<number | undefined> {
  const engine = await probe.engine();
  const info = engine === undefined ? undefined : await readEngineInfo(probe, engine);
  if (info?.imagesFolder === undefined || probe.platform.os !== 'linux') return info?.freeBytes;
  return await probe.freeBytes(info.imagesFolder);
}

/** On Linux only where there is less: mostly it is the same disk. */
function sayWhere({ platform }: Probe, free: number, forImages: number | undefined): string {
  if (forImages === undefined) return '';
  if (platform.os === 'darwin') return `, ${inGib(forImages)} in the machine`;
  return forImages < free ? `, ${inGib(forImages)} where the engine keeps images` : '';
}

function inGib(bytes: number): string {
  return (bytes / GIB).toFixed(1);
}

async function memoryIsFree(probe: Probe): Promise<CheckResult> {
  const text = await probe.read('/proc/meminfo');
  const kib = /^MemAvailable:\s+(\d+)/m.exec(text ?? '')?.[1];
  if (kib === undefined)
    return { outcome: 'could-not-check', summary: 'unknown', cause: '/proc/meminfo has no line MemAvailable' };
  const mib = Math.round(Number(kib) / KIB_PER_MIB);
  if (mib >= MEMORY_MIB.recommended) return { outcome: 'pass', summary: `${mib} MiB free` };
  return {
    outcome: mib < MEMORY_MIB.least ? 'fail' : 'warn',
    summary: `${mib} MiB free, ${MEMORY_MIB.recommended} are recommended`,
    cause: 'the eBPF compiler and the containers share what is left',
    fixes: [{ about: 'see what uses it', command: 'ps -eo rss,comm --sort=-rss | head', byHand: true }],
  };
}
