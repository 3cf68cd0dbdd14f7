/**
 * A profiler that does not get to run: what happens meanwhile waits in the ring, and what has no room there is left out
 * by whole exchanges, each counted once.
 */
import { expect, test } from 'vitest';
import { type Flood, openFlood } from '../helpers/flood.ts';
import { freePort } from '../helpers/port.ts';
import { type Profiler, startProfiler } from '../helpers/profiler.ts';

/** Enough to fill most of the ring, or a small part of it. */
const LONG_TARGET = `/${'long'.repeat(450)}`;
const OVERFLOWING = 16_000;
const FITTING = 4_000;
const AFTER = 500;
/** Their ends take more room than their exchanges would if those were told. */
const MANY_CONNECTIONS = 40_000;

const head = 'HTTP/1.1 200 OK\r\n';
const answer = `${head}Content-Length: 2\r\n\r\nok`;
const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n1000\r\n${'x'.repeat(4096)}\r\n0\r\n\r\n`;
const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const short: Flood = { request: (index) => get(`/${index}`), answer, atOnce: 1, perConnection: 1e9 };
const kept: Flood = { ...short, request: (index) => get(`${LONG_TARGET}/${index}`) };

const floods: Readonly<Record<string, Flood>> = {
  'connections that are kept': kept,
  'a connection for every request': { ...kept, perConnection: 1 },
  'connections of a few requests each': { ...kept, perConnection: 7 },
  'answers in chunks': { ...kept, answer: chunked },
  'requests that go before the answer to the last one': { ...short, answer: chunked, atOnce: 4 },
  'heads in two pieces': { ...short, answer: chunked, splitAt: 9 },
};

test('all is told that has room in the ring while the reader stands still', async () => {
  const { answered, told, counters } = await floodStopped(short, FITTING);
  expect({ answered, told }).toEqual({ answered: FITTING + AFTER, told: FITTING + AFTER });
  expect(sumLost(counters)).toBe(0);
});

test.each(Object.entries(floods))('told and lost are all that was answered: %s', async (_, flood) => {
  const { answered, told, counters } = await floodStopped(flood, OVERFLOWING);
  expect(answered).toBe(OVERFLOWING + AFTER);
  expect(sumLost(counters), 'the ring was too large to overflow').toBeGreaterThan(0);
  expect(counters.lostRingFull ?? 0).toBe(0);
  expect({ all: told + sumLost(counters), told, counters }).toEqual({ all: answered, told, counters });
});

test('ends of connections have room for as long as their exchanges do', async () => {
  const { answered, told, counters } = await floodStopped({ ...short, perConnection: 1 }, MANY_CONNECTIONS);
  expect(told + sumLost(counters)).toBe(answered);
  expect(counters.lostControlFull ?? 0).toBe(0);
});

function sumLost({ lostShed = 0, exchangesLost = 0 }: Readonly<Record<string, number>>): number {
  return lostShed + exchangesLost;
}

/** Stops the reader during that many requests, lets it go on, and makes some more. */
async function floodStopped(flood: Flood, requests: number) {
  const port = await freePort();
  await using profiler: Profiler & AsyncDisposable = await startProfiler({
    PROFILER_PORTS: String(port),
    PROFILER_ROLE: 'server',
    PROFILER_MAX_BYTES: String(2 ** 31),
  });
  const flooded = await openFlood(port, flood);
  process.kill(profiler.pid, 'SIGSTOP');
  try {
    await flooded.send(requests);
  } finally {
    process.kill(profiler.pid, 'SIGCONT');
  }
  await untilCaughtUp(profiler);
  await flooded.send(AFTER);
  flooded.close();
  await profiler.stop();
  const exchanges = profiler.lines().filter((line) => line.type === 'exchange');
  expect(exchanges.filter((line) => line.status !== 200 || line.end !== 'complete')).toEqual([]);
  // Nothing is told twice.
  expect(new Set(exchanges.map((line) => line.target)).size).toBe(exchanges.length);
  return { answered: flooded.answered(), told: exchanges.length, counters: profiler.status().counters };
}

/** It has read what it had missed when it no longer reads more from one second to the next. */
async function untilCaughtUp(profiler: Profiler): Promise<void> {
  for (let before = -1; ; ) {
    const { records = 0 } = profiler.status().counters;
    if (records === before && records > 0) return;
    before = records;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
  }
}
