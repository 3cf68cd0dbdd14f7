/** The profiler: settings in, traces out, until a signal ends it. SIGUSR2 pauses and resumes. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Capture } from './capture.ts';
import { createClock } from './clock.ts';
import { explainFailure, tellFailure } from './failure.ts';
import { CONTAINERS, JSON_TRACE, STATUS, TEXT_TRACE } from './file-names.ts';
import { bootTimeNs, sinceBootNs } from './libc.ts';
import { attachesTrampolinesOnce, hasLegacyCgroups, kernelRelease, readInterrupts } from './machine.ts';
import { watchNames } from './names.ts';
import { loadProbe } from './probe.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { whenStopped } from './signals.ts';
import { openFileSink } from './sinks/file.ts';
import { jsonFormat } from './sinks/json.ts';
import type { Header } from './sinks/sink.ts';
import { textFormat } from './sinks/text.ts';
import { openStatus, type Status } from './status.ts';

/** Each time costs some 0.1 ms, whatever there is to read; and the ring has room for 20 ms at more than a gigabyte a second. */
const DRAIN_MS = 20;
const TIDY_MS = 100;
const REFRESH_MS = 1_000;
const SWEEP_MS = 10_000;

// Whatever is thrown: while it starts, in a timer, by a signal, in a promise.
process.on('uncaughtException', endWith);
start();

function start(): void {
  const settings = readSettings(process.env);
  run(capture(settings, openStatus(join(settings.out, STATUS))));
}

function endWith(error: unknown): never {
  const failure = explainFailure(error);
  const path = statusPath();
  if (path !== undefined) tellFailure(failure, path);
  for (const sentence of failure.sentences) console.error(`profiler: ${sentence}`);
  if (failure.stack !== undefined) console.error(failure.stack);
  process.exit(failure.code);
}

/** Where the state is told although another setting is wrong; undefined where it is this one. */
function statusPath(): string | undefined {
  const { PROFILER_OUT } = process.env;
  try {
    return join(readSettings({ PROFILER_OUT }).out, STATUS);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

function capture(settings: Settings, writeStatus: (status: Status) => void): Capture {
  const clock = createClock(bootTimeNs, sinceBootNs);
  const open = (name: string, format: typeof textFormat) =>
    openFileSink(join(settings.out, name), format, settings.maxBytes);
  const sinks = [open(TEXT_TRACE, textFormat), open(JSON_TRACE, jsonFormat)];
  const probe = loadProbe({
    ...settings,
    hasLegacyCgroups: hasLegacyCgroups(),
    interrupts: readInterrupts(),
    attachesOnce: attachesTrampolinesOnce(kernelRelease()),
  });
  const header: Header = {
    startedUs: clock.wallUs(clock.nowNs()),
    ...probe.tier,
    kernel: kernelRelease(),
    scope: settings.scope,
    role: settings.role,
    sample: settings.sample,
  };
  const readNames = watchNames(join(settings.out, CONTAINERS));
  const note = (sentence: string): void => console.error(`profiler: ${sentence}`);
  const salt = randomBytes(16).toString('hex');
  return new Capture({ settings, probe, sinks, clock, header, writeStatus, readNames, note, salt });
}

function run(capture: Capture): void {
  capture.start();
  setInterval(() => capture.tick(), DRAIN_MS);
  setInterval(() => capture.tidy(), TIDY_MS);
  setInterval(() => capture.refresh(), REFRESH_MS);
  setInterval(() => capture.sweep(), SWEEP_MS);
  process.on('SIGUSR2', () => console.log(`profiler: capture ${capture.togglePause()}`));
  whenStopped(() => capture.stop());
  // Last, so that whoever reads it may signal at once.
  console.log('profiler: attached');
}
