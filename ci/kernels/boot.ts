/** Boots a guest under emulation, without the host's kernel lending its own, and returns what it said. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Base } from './base.ts';
import { call } from './call.ts';
import type { Fetched } from './fetch.ts';
import type { Kernel } from './list.ts';

export type Guest = {
  readonly kernel: Kernel;
  readonly fetched: Fetched;
  readonly base: Base;
  /** The disk with what is under test. */
  readonly work: string;
  /** Where the console is written. */
  readonly log: string;
  /** How long it may take. */
  readonly limitMs: number;
};

const MACHINES = {
  // The fifth level of page tables and timer checks only cost time under emulation, or fail where the host is busy.
  x64: ['qemu-system-x86_64', '-M', 'q35', '-cpu', 'max,la57=off'],
  arm64: ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'cortex-a57'],
} as const;
const CONSOLES = { x64: 'console=ttyS0 no_timer_check', arm64: 'console=ttyAMA0' };

/** Boots once more where the guest did not come as far as its first program, which says nothing of the probe. */
export async function boot(guest: Guest): Promise<string> {
  const initramfs = `${guest.log}.initramfs`;
  makeInitramfs(guest, initramfs);
  try {
    const said = await bootOnce(guest, initramfs);
    return said.includes('GUEST up') ? said : await bootOnce(guest, initramfs);
  } finally {
    rmSync(initramfs, { force: true });
  }
}

async function bootOnce({ kernel, fetched, base, work, log, limitMs }: Guest, initramfs: string): Promise<string> {
  const [program, ...machine] = MACHINES[kernel.arch];
  const disk = (file: string, id: string): readonly string[] => [
    '-drive',
    `file=${file},format=raw,if=none,id=${id},readonly=on`,
    '-device',
    `virtio-blk-pci,drive=${id}`,
  ];
  const args = [
    ...machine,
    ...['-accel', 'tcg,thread=multi', '-smp', '2', '-m', '1024'],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-serial', `file:${log}`],
    ...['-kernel', fetched.image, '-initrd', initramfs, ...disk(base.disk, 'base'), ...disk(work, 'work')],
    '-append',
    `${CONSOLES[kernel.arch]} panic=-1 quiet mitigations=off guest.cgroups=${kernel.cgroups} guest.capability=${kernel.capability ?? ''} ${kernel.parameters ?? ''}`,
  ];
  rmSync(log, { force: true });
  const trouble = await troubleOf(program, args, limitMs);
  const said = existsSync(log) ? readFileSync(log, 'latin1').replaceAll('\r', '') : '';
  return trouble === '' ? said : `${said}\n${trouble}`;
}

/** Runs the emulator to its end; what it complained of, or why it did not get there. */
async function troubleOf(program: string, args: readonly string[], limitMs: number): Promise<string> {
  const child = spawn(program, args, { timeout: limitMs, stdio: ['ignore', 'ignore', 'pipe'] });
  const [stderr, why] = await Promise.all([
    text(child.stderr),
    once(child, 'close').then(
      ([, signal]) =>
        signal === null ? '' : `${program} was ended by ${signal}; a guest may take ${limitMs / 1000} s\n`,
      (error: Error) => `${error.message}\n`,
    ),
  ]);
  return `${why}${stderr}`;
}

/** A shell, the modules of the disks, and the script that changes over to them. */
function makeInitramfs({ fetched, base }: Guest, file: string): void {
  const tree = `${file}.tree`;
  rmSync(tree, { recursive: true, force: true });
  for (const name of ['bin', 'dev', 'disk']) mkdirSync(join(tree, name), { recursive: true });
  cpSync(base.busybox, join(tree, 'bin/busybox'));
  cpSync(fetched.modules, join(tree, 'modules'), { recursive: true });
  cpSync(join(import.meta.dirname, 'guest/init.sh'), join(tree, 'init'));
  writeFileSync(join(tree, 'modules/order'), `${readdirSync(fetched.modules).sort().join('\n')}\n`);
  call('sh', ['-c', 'chmod 755 init bin/busybox && find . | cpio -o -H newc --quiet > "$1"', 'sh', file], {
    cwd: tree,
  });
  rmSync(tree, { recursive: true });
}
