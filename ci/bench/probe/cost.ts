/** What tracing costs a server: runs with and without the profiler in turn, each traced one between two others. */
import { anonymousMb, cpuNs, median, programRuns, runWrk, type Sample } from './measure.ts';
import { type Profiler, type Running, startNginx, startNode, startProfiler } from './servers.ts';
import { setStats } from './stats.ts';

export type CostOptions = {
  readonly pairs: number;
  readonly seconds: number;
  readonly env: Readonly<Record<string, string>>;
};

/** Measures one server and prints what was found. */
export async function measureCost(name: 'nginx' | 'node', options: CostOptions): Promise<void> {
  await using server = await (name === 'nginx' ? startNginx() : startNode());
  const samples: Sample[] = [];
  let memory = 0;
  // Warm up: the first seconds of a server are not like the others.
  await run(server, undefined, options);
  for (let pair = 0; pair < options.pairs; pair++) {
    samples.push(await run(server, undefined, options));
    await using profiler = await startProfiler(options.env);
    samples.push(await run(server, profiler, options));
    memory = Math.max(memory, anonymousMb(profiler.pid));
  }
  samples.push(await run(server, undefined, options));
  report(name, samples, memory);
  await reportKernel(name, server, options);
}

async function run(server: Running, profiler: Profiler | undefined, { seconds }: CostOptions): Promise<Sample> {
  const before = { server: cpuNs(server.pid), profiler: profiler ? cpuNs(profiler.pid) : 0 };
  const load = await runWrk(server.url, seconds, 20);
  const after = { server: cpuNs(server.pid), profiler: profiler ? cpuNs(profiler.pid) : 0 };
  return {
    ...load,
    serverUs: (after.server - before.server) / load.requests / 1000,
    profilerUs: (after.profiler - before.profiler) / load.requests / 1000,
  };
}

function report(name: string, samples: readonly Sample[], memory: number): void {
  const traced = samples.filter((_, index) => index % 2 === 1);
  const each = (pick: (sample: Sample) => number): readonly { readonly off: number; readonly on: number }[] =>
    traced.map((on, pair) => {
      const [before, after] = [samples[2 * pair], samples[2 * pair + 2]];
      return { on: pick(on), off: before && after ? (pick(before) + pick(after)) / 2 : Number.NaN };
    });
  const cpu = each((sample) => sample.serverUs);
  const line = (what: string, value: number, digits: number): string => `${name}: ${what} ${value.toFixed(digits)}`;
  const lines = [
    line('CPU per request without, us', median(cpu.map(({ off }) => off)), 2),
    line('CPU per request added, us', median(cpu.map(({ on, off }) => on - off)), 2),
    line('kept by CPU per request', median(cpu.map(({ on, off }) => off / on)), 3),
    line('kept by requests/s (noisy)', median(each((sample) => sample.perSecond).map(({ on, off }) => on / off)), 3),
    line('p50 ratio', median(each((sample) => sample.p50Us).map(({ on, off }) => on / off)), 3),
    line('profiler CPU per exchange, us', median(traced.map((sample) => sample.profilerUs)), 2),
    line('profiler anonymous memory, MB', memory, 0),
  ];
  console.log(lines.join('\n'));
}

/** Apart, because the kernel's own counting costs too. */
async function reportKernel(name: string, server: Running, options: CostOptions): Promise<void> {
  await using _profiler = await startProfiler(options.env);
  using _stats = setStats();
  const before = new Map(programRuns().map((program) => [program.name, program]));
  const { requests } = await runWrk(server.url, options.seconds, 20);
  for (const { name: program, runs, ns } of programRuns()) {
    const moreRuns = runs - (before.get(program)?.runs ?? 0);
    const moreNs = ns - (before.get(program)?.ns ?? 0);
    const mean = moreRuns === 0 ? 0 : moreNs / moreRuns;
    console.log(
      `${name}: ${program} ${(moreRuns / requests).toFixed(2)} runs and ${(moreNs / requests / 1000).toFixed(2)} us per request, ${mean.toFixed(0)} ns each`,
    );
  }
}
