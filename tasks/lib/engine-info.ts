/** What an engine says of itself and of the kernel under it; podman and docker call the same things differently. */
import type { Engine, Probe, Ran } from 'zx-tasks';
import { parseJson } from './read.ts';

export type EngineInfo = {
  readonly kernel: string | undefined;
  readonly cgroups: 'v1' | 'v2' | undefined;
  /** The OCI runtime's name: `crun`, `runc`. */
  readonly runtime: string | undefined;
  /** The processor that containers run on, in Node's names: also where Node itself is one for another, as by Rosetta. */
  readonly arch: string | undefined;
  /** What is left on the disk that holds the images: on a Mac the machine's. Only Podman says. */
  readonly freeBytes: number | undefined;
  /** Where they lie, on the host of the engine. Only Docker says. */
  readonly imagesFolder: string | undefined;
  /** Whether SELinux confines containers. */
  readonly hasSelinux: boolean;
};

type Podman = {
  host?: {
    kernel?: string;
    cgroupVersion?: string;
    ociRuntime?: { name?: string };
    arch?: string;
    security?: { selinuxEnabled?: boolean };
  };
  store?: { graphRootAllocated?: number; graphRootUsed?: number };
};
type Docker = {
  KernelVersion?: string;
  CgroupVersion?: string;
  DefaultRuntime?: string;
  Architecture?: string;
  SecurityOptions?: readonly string[];
  DockerRootDir?: string;
};

const nodesNames: Readonly<Record<string, string>> = { amd64: 'x64', x86_64: 'x64', arm64: 'arm64', aarch64: 'arm64' };

/** Undefined where it stopped answering, or answers something else than JSON. */
export async function readEngineInfo(probe: Pick<Probe, 'ask'>, engine: Engine): Promise<EngineInfo | undefined> {
  return toEngineInfo(await probe.ask([...engine.command, 'info', '--format', 'json'], { timeoutMs: 10_000 }));
}

/** What an answer to `info --format json` says. */
export function toEngineInfo(ran: Ran): EngineInfo | undefined {
  const info = ran.code === 0 ? (parseJson(ran.stdout) as (Podman & Docker) | undefined) : undefined;
  if (info === undefined) return undefined;
  const cgroups = info.host?.cgroupVersion ?? info.CgroupVersion;
  const { graphRootAllocated: all, graphRootUsed: used } = info.store ?? {};
  return {
    kernel: info.host?.kernel ?? info.KernelVersion,
    cgroups: cgroups === undefined ? undefined : /1/.test(cgroups) ? 'v1' : 'v2',
    runtime: info.host?.ociRuntime?.name ?? info.DefaultRuntime,
    arch: nodesNames[info.host?.arch ?? info.Architecture ?? ''],
    hasSelinux: info.host?.security?.selinuxEnabled === true || info.SecurityOptions?.includes('name=selinux') === true,
    freeBytes: all === undefined || used === undefined ? undefined : all - used,
    imagesFolder: info.DockerRootDir,
  };
}
