import type { ChildProcess } from 'node:child_process';
import { Duplex, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** How a process ended. `code` and `signal` are both null when it could not be started. */
export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The system's reason why it could not be started, as a code: `ENOENT`. */
  readonly problem: string | undefined;
};

/** So long after the end of a process, and then again and again, we look whether more of its output has just come. */
const silenceMs = 100;
/** More than that is not what it had still to say, but what somebody goes on to say. */
const mostAfterEnd = 1 << 20;

export type LineSplitter = { readonly push: (chunk: Buffer | string) => void; readonly end: () => void };

/** A longer line is given in pieces, so that output without newlines needs no endless memory. */
const longestLine = 64 << 10;

/** `goesOn` for a piece of a line, all but the last. */
export type OnLine = (line: string, goesOn: boolean) => void;
/** How much of a text can be given away without what comes next. */
export type CutOf = (text: string) => number;

/** Cuts chunks into lines; the last one may lack its newline, and is given at the end. */
export function makeLineSplitter(onLine: OnLine, cutOf: CutOf): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let open = '';
  const take = (text: string): void => {
    const lines = text.split('\n');
    lines[0] = open + (lines[0] ?? '');
    open = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line, false);
    if (open.length <= longestLine) return;
    // Something stays for the last piece, which ends the line.
    const cut = betweenSigns(open, Math.min(cutOf(open), open.length - 1));
    onLine(open.slice(0, cut), true);
    open = open.slice(cut);
  };
  return {
    push: (chunk) => take(typeof chunk === 'string' ? chunk : decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (open !== '') onLine(open, false);
      open = '';
    },
  };
}

/** Not within a sign that is two characters long, nor before a newline of which only the half has come. */
function betweenSigns(text: string, cut: number): number {
  return /[\uD800-\uDBFF\r]/.test(text[cut - 1] ?? '') ? cut - 1 : cut;
}

/** So much of an output is dealt with before all others get their turn, signals too: it may be a thousand lines. */
const turnBytes = 2 << 10;

const pauseMs = 20;

/**
 * Gives an output to its listeners piece by piece, and nothing while they are behind. What is read and not yet given is
 * bounded by the stream; the rest waits in the pipe, and its writer with it.
 */
export function readInTurns(stream: Readable | null, isBehind: () => boolean): void {
  if (stream === null) return;
  let hasTurn = false;
  const takeTurn = (): void => {
    hasTurn = true;
    if (isBehind()) return void setTimeout(takeTurn, pauseMs);
    // To ask once more, when nothing is left, is how the end is found.
    hasTurn = stream.readableLength > 0;
    stream.read(Math.min(stream.readableLength, turnBytes));
    if (hasTurn) setImmediate(takeTurn);
  };
  stream.on('readable', () => {
    if (!hasTurn) takeTurn();
  });
}

/**
 * Waits until a process has ended and its output was read. A background child may hold the output open for ever, and say
 * something now and then, or all the time: then we wait only until nothing comes, or too much, and leave it alone. `isEnding`
 * says whether such children are being ended: then what they say last is waited for.
 */
export function waitForEnd(child: ChildProcess, isEnding: () => boolean = () => false): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: null, signal: null, problem: error.code ?? error.message });
    });
    const open = new Set(outputsOf(child));
    let onEnd = (): void => undefined;
    for (const stream of open)
      whenRead(stream, () => {
        if (open.delete(stream) && open.size === 0) onEnd();
      });
    child.once('exit', (code, signal) => {
      onEnd = () => resolve({ code, signal, problem: undefined });
      if (open.size === 0) return onEnd();
      // Mostly its output ends in this turn, too.
      setImmediate(() => {
        if (open.size > 0) onEnd = untilSilence(open, isEnding, onEnd);
      });
    });
  });
}

/**
 * Calls back when an output has ended. Its other side, into which nobody writes, is not ended first, and it is closed when
 * others had their turn: both cost a short task its time, and the last one is closed by our own end.
 */
function whenRead(stream: Readable, onEnd: () => void): void {
  if (stream instanceof Duplex) stream.allowHalfOpen = true;
  stream.once('end', () => {
    setImmediate(() => stream.destroy());
    onEnd();
  });
  stream.once('close', onEnd);
}

/** Calls back when all output has ended, or nothing comes, or too much. What has arrived unread counts as not silent. */
function untilSilence(open: ReadonlySet<Readable>, isEnding: () => boolean, onSilent: () => void): () => void {
  let timer = setTimeout(checkSilence, silenceMs);
  let heardSomething = false;
  let length = 0;
  const onData = (piece: Buffer): void => {
    heardSomething = true;
    length += piece.length;
  };
  for (const stream of open) stream.on('data', onData);
  return finish;

  function checkSilence(): void {
    heardSomething = false;
    setImmediate(() => {
      const isUnread = [...open].some(({ readableLength }) => readableLength > 0);
      const mayGoOn = (heardSomething || isUnread) && length < mostAfterEnd;
      if (mayGoOn || isEnding()) timer = setTimeout(checkSilence, silenceMs);
      else finish();
    });
  }

  function finish(): void {
    clearTimeout(timer);
    for (const stream of open) letGo(stream);
    onSilent();
  }
}

/** What still comes is read and dropped, so that its writer is not killed by a closed pipe while we run. */
function letGo(stream: Readable): void {
  if (stream.destroyed) return;
  stream.removeAllListeners('readable').removeAllListeners('data');
  stream.resume();
  unref(stream);
}

/** Where a process writes to us, if it does. */
export function outputsOf({ stdout, stderr }: ChildProcess): readonly Readable[] {
  return [stdout, stderr].filter((stream) => stream !== null);
}

/** Lets us end before it does. */
export function unref(stream: Readable): void {
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
}
