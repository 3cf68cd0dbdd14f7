/** The profiler: settings in, traces out, until a signal ends it. SIGUSR2 pauses and resumes. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { canCallBpf } from './allowed.ts';
import { Capture } from './capture.ts';
import { createClock } from './clock.ts';
import { BpfError } from './errors.ts';
import { bootTimeNs, sinceBootNs } from './libc.ts';
import { hasBtf, hasLegacyCgroups, kernelRelease, ownPid } from './machine.ts';
import { watchNames } from './names.ts';
import { loadProbe } from './probe.ts';
import { explainRefusal, readRights } from './refusal.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { openFileSink } from './sinks/file.ts';
import { jsonFormat } from './sinks/json.ts';
import type { Header } from './sinks/sink.ts';
import { textFormat } from './sinks/text.ts';
import { openStatus, type Status } from './status.ts';

const DRAIN_MS = 10;
const TIDY_MS = 100;
const REFRESH_MS = 1_000;
const SWEEP_MS = 10_000;

function start(): void {
  const settings = readSettings(process.env);
  const writeStatus = openStatus(join(settings.out, 'profiler.json'));
  try {
    run(capture(settings, writeStatus));
  } catch (error) {
    const why = explain(error);
    writeStatus({ state: 'failed', tier: null, hooks: [], kernel: kernelRelease(), why, counters: {} });
    throw new Error(why, { cause: error });
  }
}

function explain(error: unknown): string {
  if (!(error instanceof BpfError)) return error instanceof Error ? error.message : String(error);
  const [rights, release] = [readRights(), kernelRelease()];
  return explainRefusal(error, { rights, release, hasBtf: hasBtf(), canCallBpf: canCallBpf() });
}

function capture(settings: Settings, writeStatus: (status: Status) => void): Capture {
  const clock = createClock(bootTimeNs, sinceBootNs);
  const open = (name: string, format: typeof textFormat) =>
    openFileSink(join(settings.out, name), format, settings.maxBytes);
  const sinks = [open('http-trace.txt', textFormat), open('http-trace.jsonl', jsonFormat)];
  const probe = loadProbe({ ...settings, ownPid: ownPid(), hasLegacyCgroups: hasLegacyCgroups() });
  const header: Header = {
    startedUs: clock.wallUs(clock.nowNs()),
    ...probe.tier,
    kernel: kernelRelease(),
    scope: settings.scope,
    role: settings.role,
    sample: settings.sample,
  };
  const readNames = watchNames(join(settings.out, 'containers.json'));
  const salt = randomBytes(16).toString('hex');
  return new Capture({ settings, probe, sinks, clock, header, writeStatus, readNames, salt });
}

function run(capture: Capture): void {
  capture.start();
  setInterval(() => capture.tick(), DRAIN_MS);
  setInterval(() => capture.tidy(), TIDY_MS);
  setInterval(() => capture.refresh(), REFRESH_MS);
  setInterval(() => capture.sweep(), SWEEP_MS);
  process.on('SIGUSR2', () => {
    capture.togglePause();
    console.log('profiler: capture paused or resumed');
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      capture.stop();
      console.log('profiler: stopped');
      process.exit(0);
    });
  }
  // Last, so that whoever reads it may signal at once.
  console.log('profiler: attached');
}

try {
  start();
} catch (error) {
  const lines =
    error instanceof SettingsError ? error.problems : [error instanceof Error ? error.message : String(error)];
  for (const line of lines) console.error(`profiler: ${line}`);
  process.exitCode = 1;
}
