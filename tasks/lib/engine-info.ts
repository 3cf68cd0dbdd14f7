/** What an engine says of itself and of the kernel under it; podman and docker call the same things differently. */
import type { Engine, Probe } from 'zx-tasks';

export type EngineInfo = {
  readonly kernel: string | undefined;
  readonly cgroups: 'v1' | 'v2' | undefined;
  /** The OCI runtime's name: `crun`, `runc`. */
  readonly runtime: string | undefined;
};

type Podman = { host?: { kernel?: string; cgroupVersion?: string; ociRuntime?: { name?: string } } };
type Docker = { KernelVersion?: string; CgroupVersion?: string; DefaultRuntime?: string };

/** Undefined where it stopped answering, or answers something else than JSON. */
export async function readEngineInfo(probe: Probe, engine: Engine): Promise<EngineInfo | undefined> {
  const ran = await probe.ask([...engine.command, 'info', '--format', 'json'], { timeoutMs: 10_000 });
  const info = ran.code === 0 ? (parse(ran.stdout) as (Podman & Docker) | undefined) : undefined;
  if (info === undefined) return undefined;
  const cgroups = info.host?.cgroupVersion ?? info.CgroupVersion;
  return {
    kernel: info.host?.kernel ?? info.KernelVersion,
    cgroups: cgroups === undefined ? undefined : /1/.test(cgroups) ? 'v1' : 'v2',
    runtime: info.host?.ociRuntime?.name ?? info.DefaultRuntime,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
