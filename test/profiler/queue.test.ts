/** Requests that wait for their responses: however many, each comes and goes in constant time. */
import { expect, test } from 'vitest';
import { Queue } from '../../container/profiler/src/connection/queue.ts';
import { answer, ask, openWire } from '../helpers/wire.ts';

test('first in, first out', () => {
  const queue = new Queue<number>();
  const left: (number | undefined)[] = [];
  for (let item = 0; item < 5_000; item++) {
    queue.push(item);
    if (item % 3 === 0 || item > 4_900) left.push(queue.first, queue.shift());
  }
  while (queue.length > 0) left.push(queue.first, queue.shift());
  expect(left).toEqual(Array.from({ length: 10_000 }, (_, index) => index >> 1));
  expect([queue.first, queue.shift(), queue.length]).toEqual([undefined, undefined, 0]);
});

test('a queue that was long gives its first one also when most of the last ones were taken out', () => {
  const queue = new Queue<number>();
  for (let item = 0; item < 1_100; item++) queue.push(item);
  for (let item = 0; item < 400; item++) queue.shift();
  expect(queue.takeLastWhile((item) => item >= 500)).toHaveLength(600);
  expect([queue.length, queue.shift(), queue.first, queue.shift(), queue.length]).toEqual([100, 400, 401, 401, 98]);
});

test('200,000 requests that wait at the same time are told in the time of as many that do not', {
  timeout: 20_000,
}, () => {
  const wire = openWire();
  const [requests, responses] = ['GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 204 N\r\n\r\n'].map((text) => text.repeat(400));
  for (let piece = 0; piece < 500; piece++) wire.send(ask(requests ?? ''));
  expect(wire.connection.left).toBe(200_000);
  for (let piece = 0; piece < 500; piece++) wire.send(answer(responses ?? ''));
  expect([wire.exchanges.length, wire.lost]).toEqual([200_000, 0]);
});
