import { existsSync, realpathSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Host, ImportModule } from '../host.ts';
import { asciiMarks, unicodeMarks, wantsUnicode } from '../marks.ts';
import { wantsColour } from '../paint.ts';
import { makeSecrets } from '../secrets.ts';
import { ask } from './ask.ts';
import { foreignCode } from './ending.ts';
import { readPipe, readText, replaceFile } from './files.ts';
import { isInBackground, onSuspend } from './foreground.ts';
import { outliveReader } from './gone.ts';
import { openLog, removeLog, tidyLogs } from './log-file.ts';
import { ownNames, readPlatform, readUser } from './machine.ts';
import { isSticky, ownersOf } from './owners.ts';
import { versionOf } from './package-version.ts';
import { hearPrints } from './prints.ts';
import { kill, onInterrupt, onUncaught, untilSignalsAreHeard } from './signals.ts';
import { startProcess } from './start-process.ts';
import { makeWriter, mostWaitingBytes } from './streams.ts';
import { folderId, roomForWatches, watchFolder, watchSettlesMs } from './watch-folder.ts';

const packageFolder = dirname(import.meta.dirname);

/** The machine this process runs on; `terminals` are those of the standard descriptors that are some. */
export function realHost(importModule: ImportModule, terminals: readonly number[]): Host {
  const { env } = process;
  const stdoutIsTerminal = terminals.includes(1);
  const secrets = makeSecrets();
  const stdout = makeWriter('stdout', secrets);
  const stderr = makeWriter('stderr', secrets);
  return {
    argv: process.argv.slice(2),
    env,
    cwd: process.cwd(),
    pid: process.pid,
    umask: () => process.umask(),
    packageFolder,
    buildId: readBuildId(),
    platform: readPlatform(env),
    user: readUser(),
    ownNames,
    cores: () => availableParallelism(),
    stdinIsTerminal: terminals.includes(0),
    stdoutIsTerminal,
    stdoutColumns: stdoutIsTerminal ? (process.stdout.columns ?? 0) : 0,
    stdoutHasColour: wantsColour(env, stdoutIsTerminal),
    stderrHasColour: wantsColour(env, terminals.includes(2)),
    marks: wantsUnicode(env) ? unicodeMarks : asciiMarks,
    secrets,
    stripsTypes: 'typescript' in process.features && process.features.typescript !== false,
    rereadsModules: false,
    importModule,
    foreignCode,
    write: stdout.write,
    writeMasked: stdout.writeMasked,
    writeError: stderr.write,
    outputIsBehind: () => stdout.waitingBytes() > mostWaitingBytes,
    outputHasFailed: stdout.hasFailed,
    isAllWritten: () => stdout.waitingBytes() + stderr.waitingBytes() === 0,
    // `performance` is costly to load.
    clockMs: () => Number(process.hrtime.bigint()) / 1e6,
    dateMs: () => Date.now(),
    randomId: () => crypto.randomUUID(),
    sleep: async (ms, signal) => {
      await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
    },
    spawn: startProcess,
    kill,
    onInterrupt,
    untilSignalsAreHeard,
    onSuspend,
    isInBackground,
    onUncaught: (listener, who) => onUncaught({ listener, who }, stderr.write),
    hearPrints,
    outliveTerminal: () => outliveReader(process.stdout),
    ask: (question) => ask(secrets.mask(question)),
    packageVersion: () => versionOf(packageFolder),
    realPath: async (path) => (existsSync(path) ? realpathSync(path) : path),
    exists: existsSync,
    ownersOf,
    isSticky,
    readText,
    readPipe,
    appendText: (path, text) => appendFile(path, secrets.mask(text)),
    replaceFile,
    openLog,
    removeLog,
    tidyLogs,
    watchFolder,
    watchSettlesMs,
    roomForWatches,
    folderId,
  };
}

function readBuildId(): string {
  const { size, mtimeMs } = statSync(import.meta.filename);
  return `${size}-${mtimeMs}`;
}
