/** What a process costs and what a load achieves, as the kernel and wrk count it. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { spawnOn } from './cores.ts';
import { need } from './installed.ts';

export type Load = { readonly requests: number; readonly perSecond: number; readonly p50Us: number };
/** One timed run: the load, and processor time per request of the server and of the profiler. */
export type Sample = Load & { readonly serverUs: number; readonly profilerUs: number };

const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 };

/** Nanoseconds on a processor of a process, its threads and its children that still run. */
export function cpuNs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const own = threads.map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]));
  const children = threads.flatMap((tid) =>
    readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [...own, ...children.map(cpuNs)].reduce((sum, ns) => sum + ns, 0);
}

/** Anonymous memory in megabytes; the ring is shared memory and not in it. */
export function anonymousMb(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Runs wrk without blocking, so that what this process holds goes on. */
export async function runWrk(url: string, seconds: number, connections: number): Promise<Load> {
  const wrk = spawnOn('others', 'wrk', ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', url]);
  let text = '';
  wrk.stdout.on('data', (bytes: Buffer) => {
    text += bytes;
  });
  await once(wrk, 'close');
  const [, p50 = '', unit = ''] = /50%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  if (!(requests > 0)) throw new Error(`wrk made no requests to ${url}: ${text}`);
  return {
    requests,
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    p50Us: Number(p50) * (UNITS[unit] ?? 0),
  };
}

export type ProgramRuns = { readonly name: string; readonly runs: number; readonly ns: number };

/** Counts and times of the probe's programs since they were loaded, where kernel.bpf_stats_enabled is set. */
export function programRuns(): readonly ProgramRuns[] {
  need('bpftool');
  const shown = execFileSync('bpftool', ['prog', 'show', '-j'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  const programs = JSON.parse(shown) as { name?: string; run_cnt?: number; run_time_ns?: number }[];
  return programs
    .filter(({ name }) => name?.startsWith('hp_'))
    .map(({ name = '', run_cnt = 0, run_time_ns = 0 }) => ({ name, runs: run_cnt, ns: run_time_ns }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
