/** Exchanges whose bytes io_uring moves at the server's end, which is told where the kernel has trampolines. */
import { act, answer, ask, type Case, get, line, ok, type Step } from './cases.ts';

/** Makes a ring and nothing else: the first one lets the profiler follow them. */
export const makeRing: Case = {
  name: 'a ring is made',
  covers: [],
  transport: 'ipv4',
  steps: [act('make-ring', 'server')],
  expected: [],
};

/** A connection with two requests, whose server reads and writes by these calls. */
const served = (
  name: string,
  [recv, send]: readonly [string, string],
  more: Partial<Case> = {},
  parts: readonly string[] = [ok],
): Case => {
  const exchange = (place: number): readonly Step[] => [
    ask(get(`/${name}/${place}`), 'write', recv),
    answer(parts, send, 'read'),
  ];
  return {
    name,
    covers: ['io_uring servers'],
    transport: 'ipv4',
    steps: [1, 2].flatMap(exchange),
    expected: [1, 2].map((place) => {
      const path = `/${name}/${place}`;
      return line(path, '200 complete', `${get(path).length}/${parts.join('').length}`);
    }),
    ...more,
  };
};

const segments = [ok.slice(0, 7), '', ok.slice(7, 30), ok.slice(30)];
const large = 'z'.repeat(200_000);
const largeAnswer = `HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`;
const both = ['uring-send', 'uring-recv'] as const;
const uploadHead = `PUT /uring-upload HTTP/1.1\r\nContent-Length: ${large.length}\r\n\r\n`;

/** What a ring leaves to threads that work for it. */
export const byThreads: readonly Case[] = [
  served('uring-worker', ['uring-worker', 'uring-worker']),
  served('uring-poll', ['uring-poll', 'uring-poll']),
];

export const uringCases: readonly Case[] = [
  served('uring', ['uring-recv', 'uring-send']),
  served('uring-read', ['uring-read', 'uring-write'], { transport: 'ipv6' }),
  served('uring-unix', ['uring-recv', 'uring-send'], { transport: 'unix' }),
  served('uring-segments', ['uring-readv', 'uring-writev'], {}, segments),
  served('uring-messages', ['uring-recvmsg', 'uring-sendmsg'], {}, segments),
  served('uring-select', ['uring-select', 'uring-send']),
  served('uring-zero-copy', ['uring-recv', 'uring-zero-copy'], {}, [largeAnswer]),
  {
    name: 'uring-both',
    covers: ['io_uring servers'],
    transport: 'ipv4',
    steps: [ask(get('/uring-both'), ...both), answer(ok, ...both)],
    expected: [line('/uring-both')],
  },
  {
    name: 'uring-large',
    covers: ['io_uring servers'],
    transport: 'ipv4',
    steps: [
      ask(uploadHead.slice(0, 9), 'write', 'uring-recv'),
      ask(`${uploadHead.slice(9)}${large}`, 'write', 'uring-recv'),
      answer(largeAnswer, 'uring-send', 'read'),
      ask(get('/uring-large'), 'write', 'uring-recv'),
      answer(ok, 'uring-send', 'read'),
    ],
    expected: [
      line('/uring-upload', '200 complete', `${uploadHead.length + large.length}/${largeAnswer.length}`, 'PUT'),
      line('/uring-large'),
    ],
  },
  ...byThreads,
];
