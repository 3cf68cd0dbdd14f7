/** What is written: nothing that a request brings can forge a line or speak to a terminal. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonFormat } from '../../container/profiler/src/sinks/json.ts';
import { escapeText, textFormat } from '../../container/profiler/src/sinks/text.ts';
import { container, exchange, header, tell } from '../helpers/told.ts';

test('an exchange as text', () => {
  expect(textFormat.exchange(tell())).toBe(
    '2023-11-14T22:13:20.123456Z GET /users/1 200 2.346ms web-1 server 10.0.0.2:80<->[::1]:5000',
  );
});

test('what was not seen is a dash, and a container without a name is its id', () => {
  const unnamed = { ...exchange.process, container: { ...container, name: null } };
  const cut = { status: undefined, responseLastNs: undefined, process: unnamed };
  expect(textFormat.exchange(tell(cut))).toContain(` GET /users/1 - - ${'a'.repeat(12)} server `);
  const ofHost = { process: { ...exchange.process, container: null } };
  expect(textFormat.exchange(tell(ofHost))).toContain(' 2.346ms - server ');
});

test('an exchange as JSON', () => {
  expect(JSON.parse(jsonFormat.exchange(tell()))).toEqual({
    type: 'exchange',
    time: '2023-11-14T22:13:20.123456Z',
    method: 'GET',
    target: '/users/1',
    status: 200,
    end: 'complete',
    protocol: 'HTTP/1.1',
    role: 'server',
    timing: { requestFirst: 0, requestLast: 500, responseFirst: 1000, responseLast: 2346 },
    durationMs: 2.345678,
    requestBytes: 90,
    responseBytes: 200,
    pid: 42,
    comm: 'node',
    container,
    link: '0001',
    queuedUs: null,
    local: '10.0.0.2:80',
    remote: '[::1]:5000',
  });
});

test.each([
  ['UTF-8', 'b\xc3\xbcro-\xe6\x97\xa5', 'b\u00fcro-\u65e5', 'b\\xc3\\xbcro-\\xe6\\x97\\xa5'],
  ['none', 'b\xfcro\xc3', 'b\u00fcro\u00c3', 'b\\xfcro\\xc3'],
  ['text of a list of containers', 'b\u00fcro-\u65e5', 'b\u00fcro-\u65e5', 'b\\xfcro-\\u{65e5}'],
])('names that are %s: JSON has what they say, the text their bytes', (_what, name, read, bytes) => {
  const process = { ...exchange.process, comm: name, container: { ...container, name } };
  const told = tell({ process, local: `unix:/${name}`, target: `/${name}` });
  const said = { comm: read, container: { ...container, name: read }, local: `unix:/${read}`, target: `/${name}` };
  expect(jsonFormat.exchange(told)).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(jsonFormat.exchange(told))).toMatchObject(said);
  expect(textFormat.exchange(told)).toContain(` ${bytes} server unix:/${bytes}<->`);
});

test('what was not seen is null, and `-` in the text', () => {
  const unseen = { requestLastNs: undefined, responseFirstNs: undefined, responseLastNs: undefined, status: undefined };
  const ofHost = tell({ ...unseen, process: { ...exchange.process, container: null }, end: 'aborted' });
  expect(textFormat.exchange(ofHost)).toBe(
    '2023-11-14T22:13:20.123456Z GET /users/1 - - - server 10.0.0.2:80<->[::1]:5000',
  );
  expect(JSON.parse(jsonFormat.exchange(ofHost))).toMatchObject({
    ...{ status: null, end: 'aborted', durationMs: null, container: null },
    timing: { requestFirst: 0, requestLast: null, responseFirst: null, responseLast: null },
  });
  const nobody = { id: null, name: null, image: null, service: null };
  const ofNobody = tell({ process: { ...exchange.process, container: nobody }, responseLastNs: 3_000_045 });
  expect(textFormat.exchange(ofNobody).split(' ').slice(4, 6)).toEqual(['2.000ms', '-']);
  expect(JSON.parse(jsonFormat.exchange(ofNobody))).toMatchObject({ durationMs: 2.000045, container: nobody });
});

test('a loss, and the header', () => {
  expect(textFormat.loss({ what: 'records, because the ring was full', count: 3, sinceUs: 0 })).toBe(
    '# loss records, because the ring was full: 3 since 1970-01-01T00:00:00.000000Z',
  );
  expect(JSON.parse(jsonFormat.loss({ what: 'x', count: 3, sinceUs: 0 }))).toEqual({
    type: 'loss',
    what: 'x',
    count: 3,
    since: '1970-01-01T00:00:00.000000Z',
  });
  expect(
    textFormat.header({ ...header, kernel: '6.1\n', unseen: ['groups other than b\u00fc*, \u011b*'] }).split('\n'),
  ).toEqual([
    '# http-trace, started 1970-01-01T00:00:00.000000Z, kernel 6.1\\x0a',
    '# tier A: tp_btf/sys_exit (it is here)',
    '# scope containers, role server, one exchange in 1',
    '# not seen here: groups other than b\\xfc*, \\u{11b}*',
    '# TIME METHOD TARGET STATUS DURATION CONTAINER ROLE LOCAL<->REMOTE',
  ]);
  expect(JSON.parse(jsonFormat.header(header))).toMatchObject({ type: 'header', tier: 'A', unseen: ['much'] });
});

test.each([
  ['/a b', '/a\\x20b'],
  ['/a\n2023 GET /forged', '/a\\x0a2023\\x20GET\\x20/forged'],
  ['/\u001b[31mred', '/\\x1b[31mred'],
  ['/\u009b31m', '/\\x9b31m'],
  ['/caf\u00e9', '/caf\\xe9'],
  ['/\\x41', '/\\x5cx41'],
  ['\u{1F600}', '\\u{d83d}\\u{de00}'],
])('the text %j is written as %s', (text, expected) => {
  expect(escapeText(text)).toBe(expected);
});

test('whatever a request, a process or a container is called, it is one line of visible ASCII', () => {
  const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(anything, anything, anything, (target, comm, name) => {
      const told = tell({
        target,
        process: { ...exchange.process, comm, container: { ...container, name } },
        remote: `unix:${comm}`,
      });
      expect(textFormat.exchange(told)).toMatch(/^[\x20-\x7e]+$/);
      expect(textFormat.exchange(told).split(' ')).toHaveLength(8);
      const json = jsonFormat.exchange(told);
      expect(json).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(json)).toMatchObject({ target, comm, container: { name } });
    }),
    { numRuns: 60 },
  );
});
