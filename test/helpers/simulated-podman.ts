/**
 * A podman with a machine, played from what the real ones of three versions answered in each state. What changes the state
 * is simulated as measured; a command that was neither recorded nor simulated is an error, so that tests fail on what they
 * did not expect.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const fixtures = resolve(import.meta.dirname, '../fixtures');

export const versions = ['4.3.1', '5.4.2', '5.8.6', '6.0.0'] as const;
export type PodmanVersion = (typeof versions)[number];

/** The recorded states, and one that only looks like a running machine. */
export const states = [
  '1-no-machine',
  '2-stopped-never-started',
  '3-starting',
  '4-running-rootless',
  '5-stopped-rootless',
  '6-stopped-rootful',
  '7-running-rootful',
  '8-after-failed-start',
  '9-stuck-starting',
] as const;
export type MachineStateName = (typeof states)[number];

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string } | 'hangs';

export type Quirks = {
  /** How often `podman info` is asked before a machine that boots answers; never when absent and it was recorded so. */
  readonly bootsAfter?: number;
  /** How many starts fail, as without a hypervisor. */
  readonly failingStarts?: number;
  /** Starts end with 0 and nothing answers ever after. */
  readonly apiIsDown?: boolean;
};

const name = 'podman-machine-default';
const initial = '2147483648';

/** Podman 6 was not recorded: it answers as 5.8 does, but for the names that its documentation gives. */
const sixIsLikeFive: readonly (readonly [string | RegExp, string])[] = [
  [/"qemu"/g, '"libkrun"'],
  [/5\.8\.6/g, '6.0.0'],
  [/"variant": ""/g, '"variant": "podman-machine-os"'],
  [/"cgroupVersion": "v1"/g, '"cgroupVersion": "v2"'],
];

export class SimulatedPodman {
  state: MachineStateName;
  /** Commands that change something, in order. */
  readonly changes: string[] = [];
  private memoryMib = 2048;
  private asked = 0;
  private failingStarts: number;
  readonly version: PodmanVersion;
  private readonly quirks: Quirks;

  constructor(version: PodmanVersion, state: MachineStateName, quirks: Quirks = {}) {
    this.version = version;
    this.state = state;
    this.quirks = quirks;
    this.failingStarts = quirks.failingStarts ?? 0;
  }

  answer(words: string): Answer {
    const change = this.changeOf(words);
    if (change !== undefined) {
      this.changes.push(`${programOf(words)} ${words}`);
      return change();
    }
    switch (words) {
      case '--version':
        return said(`podman version ${this.version}\n`);
      case 'machine list --format json':
        return this.hangs() ? 'hangs' : this.recorded('machine-list');
      case `machine inspect ${name}`:
        return this.hangs() ? 'hangs' : this.recorded('machine-inspect');
      case 'system connection list --format json':
        return this.recorded('connection-list');
      case 'info':
      case 'info --format json':
        return this.info();
      default:
        throw new Error(`the simulated podman was asked what nobody expected: ${words}`);
    }
  }

  private hangs(): boolean {
    return this.version === '4.3.1' && this.state === '8-after-failed-start';
  }

  private changeOf(words: string): (() => Answer) | undefined {
    if (words === 'machine init --rootful --cpus 4 --memory 4096') return () => this.init();
    if (words === `machine start ${name}`) return () => this.start();
    if (words === `machine stop ${name}`) return () => this.stop();
    if (/^-i\.bak s\/"Starting": \*true\/"Starting": false\/ \S+\.json$/.test(words)) return () => this.forget();
    if (words === '-x gvproxy') return () => this.endHelper();
    const settings = new RegExp(`^machine set( --rootful)?( --memory 4096)? ${name}$`).exec(words);
    return settings === null ? undefined : () => this.set(settings[1] !== undefined, settings[2] !== undefined);
  }

  private init(): Answer {
    this.state = '6-stopped-rootful';
    this.memoryMib = 4096;
    return said('Machine init complete\nTo start your machine run:\n\n\tpodman machine start\n\n');
  }

  private start(): Answer {
    const isUp = this.state === '4-running-rootless' || this.state === '7-running-rootful';
    if (isUp) return this.recorded('machine-start-again', '4-running-rootless');
    if (this.version === '4.3.1' && this.state === '9-stuck-starting') return this.recorded('machine-start');
    if (this.failingStarts > 0) {
      this.failingStarts--;
      if (this.version === '4.3.1') this.state = '8-after-failed-start';
      return this.transcript('start-qemu-fails');
    }
    const isRootful = !['2-stopped-never-started', '3-starting', '5-stopped-rootless'].includes(this.state);
    this.state = isRootful ? '7-running-rootful' : '4-running-rootless';
    return this.transcript(isRootful ? 'start-rootful' : 'start-rootless');
  }

  /** The state file of podman 4 is edited: the start that was cut off is forgotten. */
  private forget(): Answer {
    this.state = '6-stopped-rootful';
    return said('');
  }

  /** Without the network helper of the start that was refused, podman 4 answers again. */
  private endHelper(): Answer {
    if (this.hangs()) this.state = '6-stopped-rootful';
    return said('');
  }

  private stop(): Answer {
    const goesOnStarting = this.version === '4.3.1' && this.state === '9-stuck-starting';
    if (goesOnStarting) return this.recorded('machine-stop');
    const wasRootless = ['3-starting', '4-running-rootless'].includes(this.state);
    this.state = wasRootless ? '5-stopped-rootless' : '6-stopped-rootful';
    return this.transcript('stop');
  }

  private set(rootful: boolean, memory: boolean): Answer {
    const isStopped = /stopped|failed/.test(this.state);
    if (!isStopped) return this.recorded('machine-set-rootful', '4-running-rootless');
    if (rootful) this.state = '6-stopped-rootful';
    if (memory) this.memoryMib = 4096;
    return this.transcript('set-rootful');
  }

  private info(): Answer {
    this.asked++;
    const { bootsAfter, apiIsDown } = this.quirks;
    const hasBooted = this.state === '3-starting' && bootsAfter !== undefined && this.asked > bootsAfter;
    if (hasBooted) this.state = '4-running-rootless';
    const isUp = this.state === '4-running-rootless' || this.state === '7-running-rootful';
    if (!isUp || apiIsDown === true) return refused;
    const info = this.version === '4.3.1' ? read('podman-4.3.1-linux-root-info.json') : this.recordedInfo();
    const isRootless = this.state === '4-running-rootless';
    return said(isRootless ? info.replace('"rootless": false', '"rootless": true') : info);
  }

  private recordedInfo(): string {
    return this.adapt(read(`${this.folder()}/7-running-rootful/remote-info.stdout`));
  }

  private recorded(command: string, state = this.state): Answer {
    return this.replay(`${this.folder()}/${state}/${command}`);
  }

  private transcript(command: string): Answer {
    return this.replay(`${this.folder()}/${command}`);
  }

  private replay(path: string): Answer {
    const [stdout, stderr, code] = ['stdout', 'stderr', 'rc'].map((part) => read(`${path}.${part}`));
    return { code: Number(code), stdout: this.adapt(stdout ?? ''), stderr: this.adapt(stderr ?? '') };
  }

  private adapt(text: string): string {
    const sized = text
      .replaceAll(`"Memory": "${initial}"`, `"Memory": "${this.memoryMib * 1024 * 1024}"`)
      .replaceAll('"Memory": 2048', `"Memory": ${this.memoryMib}`);
    if (this.version !== '6.0.0') return sized;
    return sixIsLikeFive.reduce((left, [pattern, put]) => left.replaceAll(pattern, put), sized);
  }

  private folder(): string {
    return `podman-machine-${this.version === '6.0.0' ? '5.8.6' : this.version}`;
  }
}

const refused: Answer = {
  code: 125,
  stdout: '',
  stderr:
    'Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`, or try `podman machine init` and `podman machine start` to manage a new Linux VM\nError: unable to connect to Podman socket: failed to connect: dial tcp 127.0.0.1:36155: connect: connection refused\n',
};

function programOf(words: string): string {
  if (words.startsWith('-i')) return 'sed';
  return words.startsWith('-x') ? 'pkill' : 'podman';
}

function said(stdout: string): Answer {
  return { code: 0, stdout, stderr: '' };
}

function read(path: string): string {
  return readFileSync(join(fixtures, path), 'utf8');
}
