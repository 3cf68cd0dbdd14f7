/** Behind missing bytes of requests all is counted that is known to have been asked, whoever waits for an answer meanwhile. */
import { expect, test } from 'vitest';
import { answer, ask, inShort, openWire, type Step } from '../helpers/wire.ts';
import { client, lose, placed, server, unixClient } from './traffic.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const search = get('/c').replace('GET', 'M-SEARCH');
const status = (code: number) => `HTTP/1.1 ${code} S\r\nContent-Length: 0\r\n\r\n`;
const told = (path: string, code: number) => `GET ${path} ${code} complete 28/${status(code).length}`;
const last = [ask(get('/z')), answer(status(299))];

/** What is told and counted, if what is missing is given up behind each piece. */
function seen(info: typeof client | typeof server | typeof unixClient, steps: readonly Step[]) {
  const wire = openWire(info);
  for (const step of placed(steps, info.knowsOrder)) {
    wire.send(step);
    wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
  }
  wire.connection.closed(true);
  return { shown: wire.exchanges.map(inShort), lost: wire.lost };
}

test.each([client, server, unixClient])(
  'a lost request that was asked while another waits is counted too: %o',
  (info) => {
    const [begin, end] = [ask(get('/b').slice(0, 9)), ask(get('/b').slice(9))];
    const { shown, lost } = seen(info, [
      ask(get('/a')),
      lose(begin),
      end,
      answer(status(200)),
      answer(status(201)),
      ...last,
    ]);
    expect([shown, lost]).toEqual([[told('/z', 299)], 2]);
  },
);

test.each([client, server])(
  'what is asked behind the lost end of an answered upload is counted by its answer: %o',
  (info) => {
    const [begin, end] = ['POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', '\r\n'];
    const steps = [ask(begin), lose(ask(end)), answer(status(201)), ask(search), answer(status(202)), ...last];
    const { shown, lost } = seen(info, steps);
    expect([shown, lost]).toEqual([[`POST /b 201 complete ${begin.length}/${status(201).length}`, told('/z', 299)], 1]);
  },
);

test.each([client, server, unixClient])(
  'requests that are missing behind each other are as many as their answers: %o',
  (info) => {
    for (const count of [1, 2, 5]) {
      const missing = Array.from({ length: count }, (_, n) => [
        lose(ask(get(`/${n}`))),
        answer(status(201 + n)),
      ]).flat();
      const { shown, lost } = seen(info, [ask(get('/a')), answer(status(200)), ...missing, ...last, ...last]);
      expect([shown, lost]).toEqual([[told('/a', 200), told('/z', 299), told('/z', 299)], count]);
    }
  },
);

test.each([client, server])('so are those that are missing at the end of a connection: %o', (info) => {
  const wire = openWire(info);
  const missing = [0, 1].flatMap((n) => [lose(ask(get(`/${n}`))), answer(status(201 + n))]);
  wire.send(...placed([ask(get('/a')), answer(status(200)), ...missing]));
  wire.connection.endAt(1_000 + 3 * get('/a').length, 5_000 + 3 * status(200).length);
  wire.connection.closed(true);
  expect([wire.exchanges.map(inShort), wire.lost]).toEqual([[told('/a', 200)], 2]);
});

test('answers without end to what is missing are counted while it is not known that it is, and once', () => {
  const body = Array.from({ length: 200 }, () => answer('x'.repeat(10)));
  const large = answer('HTTP/1.1 200 S\r\nContent-Length: 2000\r\n\r\n');
  const wire = openWire(server);
  const steps = placed([ask(get('/a')), answer(status(200)), lose(ask(get('/b'))), large, ...body, ...last, ...last]);
  wire.send(...steps.slice(0, -4));
  expect([wire.exchanges.length, wire.lost]).toEqual([1, 1]);
  wire.send(...steps.slice(-4));
  wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
  expect(wire.exchanges.length + wire.lost).toBe(4);
});

test.each([client, server])('what follows an upgrade is not missing at the end: %o', (info) => {
  const wire = openWire(info);
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\n\r\n';
  wire.send(...placed([ask(get('/ws')), answer(upgrade), ask('frames'), answer('frames')]));
  wire.connection.endAt(1_000 + get('/ws').length + 6, 5_000 + upgrade.length + 6);
  expect([wire.exchanges.map(({ end }) => end), wire.lost]).toEqual([['upgraded'], 0]);
});

test('nor is what was missing before the answer that upgrades', () => {
  const wire = openWire(server);
  const [asked, frames, upgrade] = placed([
    ask(get('/ws')),
    lose(ask('early ')),
    ask('frames'),
    answer('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
  ]);
  if (asked && frames && upgrade) wire.send(asked, frames, upgrade);
  wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
  expect([wire.exchanges.map(({ end }) => end), wire.lost]).toEqual([['upgraded'], 0]);
});
