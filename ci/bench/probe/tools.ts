/** The probe beside what one would reach for instead: requests seen of those made, and what it costs nginx. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isInstalled, notInstalled } from './installed.ts';
import { cpuNs, runWrk } from './measure.ts';
import { NGINX_PORT, type Running, startNginx, startProfiler } from './servers.ts';

type Tool = {
  readonly name: string;
  readonly package: string;
  readonly command: (output: string) => readonly string[];
  /** What it prints when it is about to look. */
  readonly isUp: RegExp;
  /** How many requests its output holds. */
  readonly count: (output: string, printed: string) => number;
};

const FILTER = `tcp port ${NGINX_PORT}`;
const BPFTRACE = `tracepoint:syscalls:sys_enter_recvfrom { @at[tid] = (uint64)args->ubuf; }
tracepoint:syscalls:sys_exit_recvfrom /@at[tid] != 0 && args->ret > 3/ {
  if (str(uptr(@at[tid]), 4) == "GET ") { @seen = count(); } delete(@at[tid]); }
END { clear(@at); }`;

/** It reads the kernel's list of tracepoints, which is not mounted everywhere. */
const WITH_DEBUGFS = 'mount -t debugfs debugfs /sys/kernel/debug && exec "$0" "$@"';

const TOOLS: readonly Tool[] = [
  {
    name: 'tcpdump -w',
    package: 'tcpdump',
    command: (output) => ['tcpdump', '-i', 'lo', '-U', '-w', output, FILTER],
    isUp: /listening on/,
    count: (output) => countIn(execFileSync('tcpdump', ['-r', output, '-A', '-n'], READ), /GET \/ HTTP/g),
  },
  {
    name: 'tshark',
    package: 'tshark',
    command: () => [
      'tshark',
      '-i',
      'lo',
      '-l',
      '-f',
      FILTER,
      '-d',
      `tcp.port==${NGINX_PORT},http`,
      '-Y',
      'http.request',
      '-T',
      'fields',
      '-e',
      'http.request.uri',
    ],
    isUp: /Capturing on/,
    count: (_, printed) => countIn(printed, /^\/$/gm),
  },
  {
    name: 'ngrep',
    package: 'ngrep',
    command: () => ['ngrep', '-d', 'lo', '-l', '-q', '-W', 'byline', '^GET ', FILTER],
    isUp: /filter: /,
    count: (_, printed) => countIn(printed, /^GET /gm),
  },
  {
    name: 'httpry',
    package: 'httpry',
    command: (output) => ['httpry', '-i', 'lo', '-o', output, FILTER],
    isUp: /Starting capture/,
    count: (output) => countIn(readFileSync(output, 'utf8'), /\tGET\t/g),
  },
  {
    name: 'bpftrace',
    package: 'bpftrace',
    command: () => ['unshare', '--mount', 'sh', '-c', WITH_DEBUGFS, 'bpftrace', '-e', BPFTRACE],
    isUp: /Attaching \d+ probes/,
    count: (_, printed) => Number(/@seen: (\d+)/.exec(printed)?.[1] ?? 0),
  },
];
const READ = { encoding: 'utf8', maxBuffer: 2 ** 31 - 1, stdio: 'pipe' } as const;
const UP_WITHIN_MS = 60_000;
const STEP_MS = 100;
/** From where it says so to where it looks. */
const SETTLES_MS = 3000;

/** Prints one line for each tool that is installed, and how to install the others. */
export async function compareTools(seconds: number): Promise<void> {
  await using nginx = await startNginx();
  await runWrk(nginx.url, 1, 20);
  await compareProbe(nginx, seconds);
  for (const tool of TOOLS) await compareTool(tool, nginx, seconds);
}

async function compareProbe(nginx: Running, seconds: number): Promise<void> {
  const without = await cpuPerRequest(nginx, seconds);
  await using profiler = await startProfiler({});
  const traced = await cpuPerRequest(nginx, seconds);
  const seen = await countWhenStill(join(profiler.out, 'http-trace.txt'));
  print('this probe', seen, traced, without);
}

/** The profiler may be behind on a busy machine: counts when four seconds have brought nothing new. */
async function countWhenStill(path: string): Promise<number> {
  for (let before = -1; ; ) {
    const seen = countIn(readFileSync(path, 'utf8'), / GET \/ /g);
    if (seen === before) return seen;
    before = seen;
    await sleep(4000);
  }
}

async function compareTool(tool: Tool, nginx: Running, seconds: number): Promise<void> {
  if (!isInstalled(tool.package)) {
    console.log(`tools: ${notInstalled(tool.package, tool.name)}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-tool-'));
  const output = join(folder, 'output');
  const without = await cpuPerRequest(nginx, seconds);
  const [command = '', ...args] = tool.command(output);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = collect(child);
  const isUp = await untilUp(tool, child, printed);
  const traced = isUp ? await cpuPerRequest(nginx, seconds) : undefined;
  await sleep(1000);
  if (child.exitCode === null) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  if (traced === undefined) console.log(`tools: ${tool.name} did not start: ${printed().trim()}`);
  else print(tool.name, tool.count(output, printed()), traced, without);
  rmSync(folder, { recursive: true });
}

async function untilUp({ isUp }: Tool, child: ChildProcess, printed: () => string): Promise<boolean> {
  for (let waitedMs = 0; !isUp.test(printed()); waitedMs += STEP_MS) {
    if (child.exitCode !== null || waitedMs > UP_WITHIN_MS) return false;
    await sleep(STEP_MS);
  }
  await sleep(SETTLES_MS);
  return child.exitCode === null;
}

async function cpuPerRequest(
  nginx: Running,
  seconds: number,
): Promise<{ readonly requests: number; readonly us: number }> {
  const before = cpuNs(nginx.pid);
  const { requests } = await runWrk(nginx.url, seconds, 20);
  return { requests, us: (cpuNs(nginx.pid) - before) / requests / 1000 };
}

type Cost = Awaited<ReturnType<typeof cpuPerRequest>>;

/** wrk stops with requests under way, which it does not count: a little more than all may be seen. */
function print(name: string, seen: number, traced: Cost, without: Cost): void {
  const share = ((100 * seen) / traced.requests).toFixed(1);
  const added = (traced.us - without.us).toFixed(2);
  console.log(
    `tools: ${name} saw ${seen} of ${traced.requests} (${share} %), nginx pays ${added} us more than ${without.us.toFixed(2)}`,
  );
}

function collect(child: ChildProcess): () => string {
  const parts: Buffer[] = [];
  child.stdout?.on('data', (bytes: Buffer) => parts.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => parts.push(bytes));
  return () => Buffer.concat(parts).toString('latin1');
}

function countIn(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
