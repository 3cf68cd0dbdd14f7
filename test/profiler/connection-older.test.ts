/** A connection that is older than the profiler: of a body that was being sent nothing gets into the trace. */
import { expect, test } from 'vitest';
import type { ConnectionInfo } from '../../container/profiler/src/connection/line.ts';
import { answer, ask, inShort, openWire, type Step } from '../helpers/wire.ts';
import { client, lose, placed, server, unixClient } from './traffic.ts';

const post = 'POST /b HTTP/1.1\r\nContent-Length: 0\r\n\r\n';
const ok = 'HTTP/1.1 201 S\r\nContent-Length: 0\r\n\r\n';
const told = `POST /b 201 complete ${post.length}/${ok.length}`;

function seen(info: Partial<ConnectionInfo>, steps: readonly Step[], order = steps.map((_, index) => index)) {
  const wire = openWire(info);
  const all = placed(steps, info !== unixClient);
  for (const index of order) {
    const step = all[index];
    if (step !== undefined) wire.send(step);
    wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
  }
  wire.connection.closed(true);
  return { shown: wire.exchanges.map(inShort), lost: wire.lost };
}

const texts = ['my PIN is 1234, so', 'c2VjcmV0', 'a secret', 'see /etc/passwd', 'my HTTP/1.1 PIN is ', 'MY /'];
/** With these a line of the PROXY protocol may begin as well. */
const lineStarts = ['P', 'PRO', 'PROXY TCP4 1'];

test.each([...texts, ...lineStarts])('the end of a body is no part of the request behind it: `%s`', (text) => {
  for (const info of [client, server, unixClient]) {
    expect(seen(info, [ask(text), ask(post), answer(ok)])).toEqual({ shown: [told], lost: 0 });
    expect(seen(info, [ask(text.slice(0, 5)), ask(text.slice(5)), ask(post), answer(ok)]).shown).toEqual([told]);
  }
});

test.each([...texts, ...lineStarts])('nor where its answer was seen before it: `%s`', (text) => {
  const early = [lose(ask('x')), answer('HTTP/1.1 100 Continue\r\n\r\n'), ask(text), answer(ok), ask(post), answer(ok)];
  expect(seen(client, early, [0, 2, 1, 3, 4])).toEqual({ shown: [told], lost: 0 });
});

test.each([client, server])('nor was the request behind it asked ahead, so a lost piece costs one: %o', (info) => {
  const parts = ['PUT /2 HTTP/1.1\r\nContent-Length: 4', '\r\n\r\nbo', 'dy'];
  const [begun = '', missing = '', rest = ''] = parts;
  const later = Array.from({ length: 4 }, () => [ask(post), answer(ok)]).flat();
  const first = [ask('the end of a body'), ask(post), answer(ok)];
  const { shown, lost } = seen(info, [...first, ask(begun), lose(ask(missing)), ask(rest), answer(ok), ...later]);
  expect([shown, lost]).toEqual([Array.from({ length: 5 }, () => told), 1]);
});

test.each(texts.slice(2))('nor where one call moved both: `%s`', (text) => {
  const { shown, lost } = seen(server, [ask(text + post), answer(ok)]);
  expect([shown, lost]).toEqual([[], 1]);
});

test('a request with an unknown method may come in parts', () => {
  const parts = ['PROP', 'FIND /', 'GET-it HTTP/1.1\r\n\r\n'];
  const { shown, lost } = seen(server, [...parts.map((part) => ask(part)), answer(ok)]);
  expect([shown, lost]).toEqual([[`PROPFIND /GET-it 201 complete ${parts.join('').length}/${ok.length}`], 0]);
});

test('a client that is first seen by an answer: a request whose first byte is lost is counted, not told with half its method', () => {
  const asked = [lose(ask(post.slice(0, 1))), ...[...post.slice(1)].map((byte) => ask(byte)), answer(ok)];
  const { shown, lost } = seen(client, [lose(ask(post)), answer(ok), ...asked, ask(post), answer(ok)]);
  expect([shown, lost]).toEqual([[told], 1]);
});

test('and one whose call ended behind that of its answer is told', () => {
  const steps = [ask(post), answer(ok), ask(post), answer(ok)];
  expect(seen(client, steps, [1, 0, 2, 3])).toEqual({ shown: [told, told], lost: 0 });
});
