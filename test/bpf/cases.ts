/**
 * Exchanges as bytes in pieces, moved by named system calls, and what must be told of them. `covers` are the phrases of
 * what the probe promises; a test maps them both ways.
 */

export type Step =
  | {
      readonly from: 'client' | 'server';
      readonly parts: readonly string[];
      readonly send: string;
      readonly recv: string;
      /** How many of the bytes are read before the next step, if not all; the write lasts until `read-rest`. */
      readonly taken?: number;
    }
  | { readonly do: Action; readonly who: 'client' | 'server' };
type Action =
  | 'close'
  | 'reset'
  | 'shutdown'
  | 'shutdown-read'
  | 'see-end'
  | 'see-reset'
  | 'reconnect'
  | 'read-rest'
  | 'make-ring';

export type Case = {
  readonly name: string;
  readonly covers: readonly string[];
  readonly transport: 'ipv4' | 'ipv6' | 'mapped' | 'unix' | 'early';
  readonly steps: readonly Step[];
  /** `METHOD TARGET STATUS|- END REQUESTBYTES/RESPONSEBYTES`, as both ends tell it. */
  readonly expected: readonly string[];
  readonly protocol?: 'HTTP/1.0' | 'HTTP/1.1';
  /** Ends whose request is moved by another process than the peer itself. */
  readonly others?: readonly ('server' | 'client')[];
  /** The target of the request that is answered before it has ended. */
  readonly overlaps?: string;
  /** Its request never ends. */
  readonly isCutShort?: true;
};

/** What is promised and cannot be an exchange between these two: the test that shows it. */
export const shownElsewhere = [
  { test: '32-bit processes are told in full, tier %s', covers: ['32-bit processes'] },
] as const;

/** What is promised, word by word; each is covered by a case or another test, and neither covers anything else. */
export const promises = [
  'keep-alive',
  'several requests in one read',
  'split anywhere',
  'heads of any length',
  'read and write',
  'send and recv',
  'sendmsg and recvmsg',
  'sendmmsg and recvmmsg',
  'readv and writev with many and empty segments',
  'sendfile',
  'splice',
  '100-continue and other 1xx',
  '204, 304 and HEAD',
  'chunked with trailers',
  'many chunks and large ones in one call',
  'close-delimited',
  'HTTP/1.0',
  'Upgrade',
  'aborted by the client',
  'aborted by the server',
  'no response',
  'requests that are refused before they end',
  'connections from before the probe',
  'forked servers',
  'threaded servers',
  'calls of two threads that end out of order',
  'io_uring servers',
  '32-bit processes',
  'passed descriptors',
  'descriptors used again',
  'IPv4',
  'IPv6',
  'Unix sockets',
  'MSG_PEEK',
  'half-close',
  'unusual methods',
  'bodies that contain requests',
  'large bodies',
  'proxies that say whom they speak for',
] as const;

export const ask = (text: string | readonly string[], send = 'write', recv = 'read'): Step => ({
  from: 'client',
  parts: typeof text === 'string' ? [text] : text,
  send,
  recv,
});
export const answer = (text: string | readonly string[], send = 'write', recv = 'read'): Step => ({
  from: 'server',
  parts: typeof text === 'string' ? [text] : text,
  send,
  recv,
});
const inParts = (text: string, ...places: readonly number[]): readonly Step[] =>
  [0, ...places].map((from, index) => ask(text.slice(from, places[index])));
export const act = (action: Action, who: 'client' | 'server'): Step => ({
  do: action,
  who,
});

export const get = (path: string, method = 'GET') => `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const okBytes = ok.length;
export const line = (path: string, rest = `200 complete`, bytes: string | undefined = undefined, method = 'GET') =>
  `${method} ${path} ${rest} ${bytes ?? `${get(path, method).length}/${okBytes}`}`;
/** One request for each place of a text at which it can be cut, each with its answer: `cut` gives its parts. */
const cutEverywhere = (
  name: string,
  transport: Case['transport'],
  cut: (text: string, place: number) => readonly string[],
): Case => {
  const requestTo = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\n${framing}`;
  const paths = [...requestTo(`/${name}/000`)].map((_, place) => `/${name}/${String(place).padStart(3, '0')}`).slice(1);
  return {
    name,
    covers: ['split anywhere', 'bodies that contain requests'],
    transport,
    steps: paths.flatMap((path, index) => [...cut(requestTo(path), index + 1).map((part) => ask(part)), answer(ok)]),
    expected: paths.map((path) => line(path, '200 complete', `${requestTo(path).length}/${okBytes}`, 'POST')),
  };
};
/** One request and its response, moved by these calls. */
const simple = (
  name: string,
  covers: Case['covers'],
  calls: readonly [string, string],
  more: Partial<Case> = {},
): Case => ({
  name,
  covers,
  transport: 'ipv4',
  steps: [ask(get(`/${name}`), ...calls), answer(ok, ...calls)],
  expected: [line(`/${name}`)],
  ...more,
});

/** A response that one call sends whole, and what comes after it. */
const inOneCall = (name: string, parts: readonly string[], send: string): Case => ({
  name,
  covers: ['many chunks and large ones in one call'],
  transport: 'ipv4',
  steps: [ask(get(`/${name}/1`)), answer(parts, send), ask(get(`/${name}/2`)), answer(ok)],
  expected: [
    line(`/${name}/1`, '200 complete', `${get(`/${name}/1`).length}/${parts.join('').length}`),
    line(`/${name}/2`),
  ],
});

const inner = get('/inner');
/** Between lines that begin as those do that say how long the body is. */
const framing = `Cookie: a\r\nContent-Length: ${inner.length}\r\nTransfer: b\r\n\r\n${inner}`;
const continued = 'POST /continue HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';
const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunks = ['5;x=y\r\nhello\r\n', '1', '\r\n!\r\n0\r\nDigest: 1\r\n', '\r\n'];
const chunkOf = (bytes: number): readonly string[] => [`${bytes.toString(16)}\r\n`, 'x'.repeat(bytes), '\r\n'];
/** As servers send rows that they write one by one: up to 1,024 segments in one call. */
const manyChunks = [chunkedHead, ...Array.from({ length: 300 }, () => chunkOf(50)).flat(), '0\r\n\r\n'];
const rows = [chunkedHead, ...Array.from({ length: 400 }, () => chunkOf(500)).flat(), '0\r\n\r\n'];
const bigChunk = [chunkedHead, ...chunkOf(600_000), ...chunkOf(3), '0\r\n\r\n'];
const outer = `POST /outer HTTP/1.1\r\nContent-Length: ${inner.length}\r\n\r\n`;
const upload = `PUT /large HTTP/1.1\r\nContent-Length: 100000\r\n\r\n`;
const download = 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n';
const upgrade = 'GET /upgrade HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
const early = `PUT /out-of-order HTTP/1.1\r\nContent-Length: 300000\r\n\r\n${'e'.repeat(300_000)}`;
const overtaken = early.replace('/out-of-order', '/overtaken');
const closing = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi';
const refusedHead = 'PUT /unix-refused HTTP/1.1\r\nContent-Length: 4\r\n\r\n';
const resetHead = 'PUT /reset-unread HTTP/1.1\r\nContent-Length: 4\r\n\r\n';
const tooLarge = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n';
const longHead = `GET /long-head HTTP/1.1\r\nCookie: ${'c'.repeat(90_000)}\r\n\r\n`;
const cookies = `GET /cookies HTTP/1.1\r\nCookie: ${'c'.repeat(3_000)}\r\n\r\n`;
const partedChunks =
  'POST /in-parts/chunked HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\n\r\n2\r\nhi\r\n0\r\n\r\n';
const partedUpload = `PUT /in-parts/large HTTP/1.1\r\nContent-Length: 100000\r\nHost: a\r\n\r\n${'u'.repeat(100_000)}`;
const partedTwice = 'PUT /in-parts/twice HTTP/1.1\r\nContent-Length: 2\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';
const halfHead = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a`;
const timeout = 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n';
const noLength = 'POST /no-length HTTP/1.1\r\nContent-Length: abc\r\n\r\n';
const badRequest = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n';
/** The first has every mark that a method may have. */
const methods = ["AZaz09!#$%&'*+-.^_`|~", 'PROPFIND', 'M-SEARCH', 'VERSION-CONTROL', 'X'];
const old = 'GET /old HTTP/1.0\r\n\r\n';
const oldAnswer = 'HTTP/1.0 200 OK\r\n\r\n';
const proxyLine = 'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n';
const proxyLineWithFeed = 'PROXY UNKNOWN x\nGET /none HTTP/1.1\r\n';
const proxyBytes = `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c${'\n'.repeat(12)}`;

export const cases: readonly Case[] = [
  {
    name: 'kept',
    covers: ['keep-alive', 'read and write', 'IPv4'],
    transport: 'ipv4',
    steps: [ask(get('/kept/1')), answer(ok), ask(get('/kept/2')), answer(ok)],
    expected: [line('/kept/1'), line('/kept/2')],
  },
  {
    name: 'split-behind-its-first-letter',
    covers: ['split anywhere', '204, 304 and HEAD'],
    transport: 'ipv4',
    steps: [ask('H'), ask(get('/split/1', 'HEAD').slice(1)), answer(ok.slice(0, -2)), ask(get('/split/2')), answer(ok)],
    expected: [line('/split/1', '200 complete', `${get('/split/1', 'HEAD').length}/38`, 'HEAD'), line('/split/2')],
  },
  {
    name: 'proxied-apart',
    covers: ['proxies that say whom they speak for'],
    transport: 'ipv4',
    steps: [ask(proxyLine), ask(get('/proxied-apart/1')), answer(ok), ask(get('/proxied-apart/2')), answer(ok)],
    expected: [line('/proxied-apart/1'), line('/proxied-apart/2')],
  },
  {
    name: 'proxied-at-once',
    covers: ['proxies that say whom they speak for'],
    transport: 'ipv4',
    steps: [ask(proxyLine + get('/proxied-at-once/1')), answer(ok), ask(get('/proxied-at-once/2')), answer(ok)],
    expected: [line('/proxied-at-once/1'), line('/proxied-at-once/2')],
  },
  {
    name: 'proxied-in-bytes',
    covers: ['proxies that say whom they speak for'],
    transport: 'unix',
    steps: [
      ask([proxyBytes, get('/proxied-in-bytes/1')], 'writev', 'readv'),
      answer(ok),
      ask(get('/proxied-in-bytes/2')),
      answer(ok),
    ],
    expected: [line('/proxied-in-bytes/1'), line('/proxied-in-bytes/2')],
  },
  {
    name: 'proxied-with-feed',
    covers: ['proxies that say whom they speak for'],
    transport: 'ipv4',
    // Its line ends with CR and LF, and with no less.
    steps: [ask(proxyLineWithFeed + get('/proxied-with-feed')), answer(ok)],
    expected: [line('/proxied-with-feed')],
  },
  {
    name: 'proxy-as-method',
    covers: ['proxies that say whom they speak for'],
    transport: 'ipv4',
    steps: [ask(get('TCP4', 'PROXY')), answer(ok), ask(get('UNICORN:80', 'PROXY')), answer(ok)],
    expected: [line('TCP4', undefined, undefined, 'PROXY'), line('UNICORN:80', undefined, undefined, 'PROXY')],
  },
  {
    name: 'proxied-bytewise',
    covers: ['proxies that say whom they speak for'],
    transport: 'ipv4',
    steps: [...[...(proxyBytes + proxyLine)].map((byte) => ask(byte)), ask(get('/proxied-bytewise')), answer(ok)],
    expected: [line('/proxied-bytewise')],
  },
  {
    name: 'pipelined',
    covers: ['several requests in one read'],
    transport: 'ipv4',
    steps: [
      ask(get('/pipe/1') + get('/pipe/2') + get('/pipe/3').slice(0, 7)),
      ask(get('/pipe/3').slice(7)),
      answer(ok + ok),
      answer(ok),
    ],
    expected: [line('/pipe/1'), line('/pipe/2'), line('/pipe/3')],
  },
  {
    name: 'bytewise',
    covers: ['split anywhere'],
    transport: 'ipv4',
    steps: [...[...get('/bytewise')].map((byte) => ask(byte)), ...[...ok].map((byte) => answer(byte))],
    expected: [line('/bytewise')],
  },
  {
    name: 'long-head',
    covers: ['heads of any length'],
    transport: 'ipv4',
    steps: [
      ...[0, 1, 2, 3, 4, 5].map((part) => ask(longHead.slice(part * 16_000, (part + 1) * 16_000))),
      answer(ok),
      ask(get('/long-head/2')),
      answer(ok),
    ],
    expected: [line('/long-head', '200 complete', `${longHead.length}/${okBytes}`), line('/long-head/2')],
  },
  cutEverywhere('in-two-parts', 'ipv4', (text, at) => [text.slice(0, at), text.slice(at)]),
  cutEverywhere('in-four-parts', 'unix', (text, at) =>
    [text.slice(0, at), ...text.slice(at, at + 2), text.slice(at + 2)].filter((part) => part !== ''),
  ),
  {
    name: 'in-three-parts',
    covers: ['split anywhere', 'heads of any length'],
    transport: 'ipv6',
    // As a server reads it whose buffer is small at first.
    steps: [
      ...[0, 1, 2].map((part) => ask(cookies.slice(part * 1_024, (part + 1) * 1_024))),
      answer(ok),
      ask(get('/in-three-parts')),
      answer(ok),
    ],
    expected: [line('/cookies', '200 complete', `${cookies.length}/${okBytes}`), line('/in-three-parts')],
  },
  {
    name: 'bodiless-in-parts',
    covers: ['split anywhere', '204, 304 and HEAD'],
    transport: 'ipv4',
    steps: [
      ...inParts(get('/in-parts/none', 'HEAD'), 34),
      answer(ok.slice(0, -2)),
      ...inParts(get('/in-parts/2'), 34),
      answer(ok),
    ],
    expected: [
      line('/in-parts/none', '200 complete', `${get('/in-parts/none', 'HEAD').length}/38`, 'HEAD'),
      line('/in-parts/2'),
    ],
  },
  {
    name: 'chunked-in-parts',
    covers: ['split anywhere', 'chunked with trailers'],
    transport: 'ipv4',
    steps: [...inParts(partedChunks, 70), answer(ok)],
    expected: [line('/in-parts/chunked', '200 complete', `${partedChunks.length}/${okBytes}`, 'POST')],
  },
  {
    name: 'large-in-parts',
    covers: ['split anywhere', 'large bodies'],
    transport: 'ipv4',
    steps: [...inParts(partedUpload, 62), answer(download + 'd'.repeat(100_000))],
    expected: [line('/in-parts/large', '200 complete', `${partedUpload.length}/${download.length + 100_000}`, 'PUT')],
  },
  {
    name: 'two-lengths-in-parts',
    covers: ['split anywhere'],
    transport: 'ipv4',
    steps: [...inParts(partedTwice, 52), answer(ok)],
    expected: [line('/in-parts/twice', '200 complete', `${partedTwice.length}/${okBytes}`, 'PUT')],
  },
  {
    name: 'pipelined-in-parts',
    covers: ['split anywhere', 'several requests in one read'],
    transport: 'ipv4',
    steps: [
      ask(get('/in-parts/3').slice(0, 34)),
      ask(get('/in-parts/3').slice(34) + get('/in-parts/4').slice(0, 34)),
      answer(ok),
      ask(get('/in-parts/4').slice(34)),
      answer(ok),
    ],
    expected: [line('/in-parts/3'), line('/in-parts/4')],
  },
  simple('sent', ['send and recv'], ['send', 'recv']),
  simple('message', ['sendmsg and recvmsg'], ['sendmsg', 'recvmsg']),
  simple('peeked', ['MSG_PEEK'], ['send', 'peek']),
  simple('dup', ['descriptors used again'], ['dup', 'read']),
  simple('passed', ['passed descriptors'], ['write', 'passed'], { others: ['server'] }),
  simple('threaded', ['threaded servers'], ['thread', 'thread']),
  simple('forked', ['forked servers'], ['child', 'child'], { others: ['client', 'server'] }),
  simple('six', ['IPv6'], ['write', 'read'], { transport: 'ipv6' }),
  simple('mapped', ['IPv6'], ['write', 'read'], { transport: 'mapped' }),
  simple('unix', ['Unix sockets'], ['write', 'read'], { transport: 'unix' }),
  {
    name: 'unix-again',
    covers: ['Unix sockets'],
    transport: 'unix',
    // The kernel hands out the same two sockets again; each connection has a link of its own all the same.
    steps: [1, 2, 3, 4].flatMap((time) => [
      ...(time === 1 ? [] : [act('reconnect', 'client')]),
      ask(get(`/unix-again/${time}`)),
      answer(ok),
    ]),
    expected: [1, 2, 3, 4].map((time) => line(`/unix-again/${time}`)),
  },
  {
    name: 'unix-gone',
    covers: ['Unix sockets', 'aborted by the client'],
    transport: 'unix',
    // Nothing but the refused write says that the client has gone.
    steps: [ask(get('/unix-gone')), act('close', 'client'), answer(ok, 'refused'), act('close', 'server')],
    expected: [line('/unix-gone', '- aborted', `${get('/unix-gone').length}/0`)],
  },
  {
    name: 'unix-refused',
    covers: ['Unix sockets'],
    transport: 'unix',
    // What the server said before it went is still read, though it takes nothing more.
    steps: [
      ask(refusedHead),
      { ...answer(tooLarge), taken: 0 },
      act('close', 'server'),
      ask('body', 'refused'),
      act('read-rest', 'client'),
      act('see-end', 'client'),
    ],
    isCutShort: true,
    expected: [`PUT /unix-refused 413 complete ${refusedHead.length}/${tooLarge.length}`],
  },
  {
    name: 'unix-silent',
    covers: ['Unix sockets', 'no response'],
    transport: 'unix',
    steps: [ask(get('/unix-silent')), act('close', 'server'), act('see-end', 'client')],
    expected: [line('/unix-silent', '- aborted', `${get('/unix-silent').length}/0`)],
  },
  {
    name: 'unix-sendfile',
    covers: ['Unix sockets', 'sendfile'],
    transport: 'unix',
    steps: [
      ask(get('/unix-sendfile/1')),
      answer('HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n'),
      answer('x'.repeat(9000), 'sendfile'),
      ask(get('/unix-sendfile/2')),
      answer(ok),
    ],
    expected: [
      line('/unix-sendfile/1', '200 complete', `${get('/unix-sendfile/1').length}/9041`),
      line('/unix-sendfile/2'),
    ],
  },
  simple('early', ['connections from before the probe'], ['write', 'read'], { transport: 'early' }),
  {
    name: 'segments',
    covers: ['readv and writev with many and empty segments'],
    transport: 'ipv4',
    steps: [
      ask(['', 'GET', '', ' /seg', 'ments HTTP/1.1\r', '\nHost: a\r\n\r', '\n', ''], 'writev', 'readv'),
      answer([...[...ok].flatMap((byte) => ['', byte])], 'writev', 'readv'),
    ],
    expected: [line('/segments')],
  },
  {
    name: 'messages',
    covers: ['sendmmsg and recvmmsg'],
    transport: 'ipv4',
    steps: [
      ask(get('/messages/1')),
      answer(['HTTP/1.1 200 OK\r\n', 'Content-Length: 2\r\n\r\n', 'hi'], 'sendmmsg', 'read'),
      ask(get('/messages/2')),
      answer(ok),
    ],
    expected: [line('/messages/1'), line('/messages/2')],
  },
  {
    name: 'messages-received',
    covers: ['sendmmsg and recvmmsg'],
    transport: 'ipv4',
    steps: [
      ask(['GET /messages-rec', 'eived HTTP/1.1\r\nHost: a\r', '\n\r\n'], 'write', 'recvmmsg'),
      answer(['HTTP/1.1 200 OK\r\nContent-', 'Length: 2\r\n\r\n', 'hi'], 'write', 'recvmmsg'),
    ],
    expected: [line('/messages-received')],
  },
  {
    name: 'used-again',
    covers: ['descriptors used again'],
    transport: 'ipv4',
    steps: [ask(get('/used-again/1')), answer(ok), act('reconnect', 'client'), ask(get('/used-again/2')), answer(ok)],
    expected: [line('/used-again/1'), line('/used-again/2')],
  },
  {
    name: 'out-of-order',
    covers: ['calls of two threads that end out of order'],
    transport: 'ipv4',
    steps: [
      ask(get('/out-of-order/1')),
      answer(ok),
      // The client's other thread reads the response while its first still writes the request.
      { ...ask(early), taken: 1000 },
      answer(ok),
      act('read-rest', 'server'),
      ask(get('/out-of-order/2')),
      answer(ok),
    ],
    expected: [
      line('/out-of-order/1'),
      `PUT /out-of-order 200 complete ${early.length}/${okBytes}`,
      line('/out-of-order/2'),
    ],
    overlaps: '/out-of-order',
  },
  {
    name: 'overtaken',
    covers: ['calls of two threads that end out of order'],
    transport: 'ipv4',
    // As above, with the first request of a connection.
    steps: [
      { ...ask(overtaken), taken: 1000 },
      answer(ok),
      act('read-rest', 'server'),
      ask(get('/overtaken/2')),
      answer(ok),
    ],
    expected: [`PUT /overtaken 200 complete ${overtaken.length}/${okBytes}`, line('/overtaken/2')],
    overlaps: '/overtaken',
  },
  {
    name: 'sendfile',
    covers: ['sendfile'],
    transport: 'ipv4',
    steps: [ask(get('/sendfile')), answer(download), answer('x'.repeat(100000), 'sendfile')],
    expected: [line('/sendfile', '200 complete', `${get('/sendfile').length}/${download.length + 100000}`)],
  },
  {
    name: 'sendfile-on',
    protocol: 'HTTP/1.0',
    covers: ['sendfile', 'close-delimited'],
    transport: 'ipv4',
    // The call that says that the file has no more does not end the response.
    steps: [
      ask('GET /sendfile-on HTTP/1.0\r\n\r\n'),
      answer(oldAnswer),
      answer('x'.repeat(5000), 'sendfile-on'),
      answer('some more'),
      act('close', 'server'),
      act('see-end', 'client'),
    ],
    expected: [`GET /sendfile-on 200 closed 29/${oldAnswer.length + 5009}`],
  },
  {
    name: 'splice',
    covers: ['splice'],
    transport: 'ipv4',
    steps: [
      ask(get('/splice')),
      answer('HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n'),
      answer('y'.repeat(3000), 'splice'),
    ],
    expected: [line('/splice', '200 complete', `${get('/splice').length}/3041`)],
  },
  {
    name: 'continue',
    covers: ['100-continue and other 1xx'],
    transport: 'ipv4',
    steps: [
      ask(continued),
      answer('HTTP/1.1 100 Continue\r\n\r\n'),
      ask('body'),
      answer('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
      answer(ok),
    ],
    expected: [`POST /continue 200 complete ${continued.length + 4}/${25 + 40 + okBytes}`],
  },
  {
    name: 'bodiless',
    covers: ['204, 304 and HEAD'],
    transport: 'ipv4',
    steps: [
      ask(get('/none/1', 'HEAD')),
      answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'),
      ask(get('/none/2')),
      answer('HTTP/1.1 204 No Content\r\n\r\n'),
      ask(get('/none/3')),
      answer('HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'),
      ask(get('/none/4')),
      answer(ok),
    ],
    expected: [
      line('/none/1', '200 complete', `${get('/none/1', 'HEAD').length}/38`, 'HEAD'),
      line('/none/2', '204 complete', `${get('/none/2').length}/27`),
      line('/none/3', '304 complete', `${get('/none/3').length}/48`),
      line('/none/4'),
    ],
  },
  inOneCall('many-chunks', manyChunks, 'writev'),
  inOneCall('rows', rows, 'write'),
  inOneCall('big-chunk', bigChunk, 'sendmsg'),
  {
    name: 'chunked',
    covers: ['chunked with trailers'],
    transport: 'ipv4',
    steps: [
      ask(get('/chunked/1')),
      answer(chunkedHead),
      ...chunks.map((chunk) => answer(chunk)),
      ask(get('/chunked/2')),
      answer(ok),
    ],
    expected: [
      line('/chunked/1', '200 complete', `${get('/chunked/1').length}/${chunkedHead.length + chunks.join('').length}`),
      line('/chunked/2'),
    ],
  },
  {
    name: 'old',
    protocol: 'HTTP/1.0',
    covers: ['close-delimited', 'HTTP/1.0'],
    transport: 'ipv4',
    steps: [ask(old), answer(`${oldAnswer}some`), answer('thing'), act('close', 'server'), act('see-end', 'client')],
    expected: [`GET /old 200 closed ${old.length}/${oldAnswer.length + 9}`],
  },
  {
    name: 'end-with-data',
    covers: ['close-delimited'],
    transport: 'ipv4',
    steps: [
      // The client's last read takes the end of the connection with it.
      ask(get('/end-with-data')),
      { ...answer(closing), taken: 0 },
      act('close', 'server'),
      act('read-rest', 'client'),
    ],
    expected: [line('/end-with-data', '200 complete', `${get('/end-with-data').length}/${closing.length}`)],
  },
  {
    name: 'upgrade',
    covers: ['Upgrade'],
    transport: 'ipv4',
    steps: [ask(upgrade), answer(switching), ask(get('/in-the-tunnel')), answer(ok)],
    expected: [`GET /upgrade 101 upgraded ${upgrade.length}/${switching.length}`],
  },
  {
    name: 'client-gone',
    covers: ['aborted by the client'],
    transport: 'ipv4',
    steps: [ask(get('/client-gone')), answer(`${download}xx`), act('reset', 'client')],
    expected: [line('/client-gone', '200 aborted', `${get('/client-gone').length}/${download.length + 2}`)],
  },
  {
    name: 'client-gone-unread',
    covers: ['aborted by the client'],
    transport: 'ipv4',
    // The server reads what came before the reset, on a socket that has lost its port by then.
    steps: [{ ...ask(get('/client-gone-unread')), taken: 0 }, act('reset', 'client'), act('read-rest', 'server')],
    expected: [line('/client-gone-unread', '- aborted', `${get('/client-gone-unread').length}/0`)],
  },
  {
    name: 'server-gone',
    covers: ['aborted by the server'],
    transport: 'ipv4',
    steps: [ask(get('/server-gone')), answer(`${download}xx`), act('close', 'server'), act('see-end', 'client')],
    expected: [line('/server-gone', '200 aborted', `${get('/server-gone').length}/${download.length + 2}`)],
  },
  {
    name: 'silent',
    covers: ['no response'],
    transport: 'ipv4',
    steps: [ask(get('/silent')), act('close', 'server'), act('see-end', 'client')],
    expected: [line('/silent', '- aborted', `${get('/silent').length}/0`)],
  },
  {
    name: 'reset-unread',
    covers: ['requests that are refused before they end'],
    transport: 'ipv4',
    // What the server said before it reset the connection is still read, and then that it did.
    steps: [
      ask(resetHead),
      { ...answer(tooLarge), taken: 0 },
      act('reset', 'server'),
      act('read-rest', 'client'),
      act('see-reset', 'client'),
    ],
    isCutShort: true,
    expected: [`PUT /reset-unread 413 complete ${resetHead.length}/${tooLarge.length}`],
  },
  {
    name: 'reset-until-close',
    protocol: 'HTTP/1.0',
    covers: ['close-delimited', 'aborted by the server'],
    transport: 'ipv6',
    // A write was told of the reset, so that the read behind the last byte says no more than that there is an end.
    steps: [
      ask('GET /reset-until-close HTTP/1.0\r\n\r\n'),
      { ...answer(`${oldAnswer}half of it`), taken: 0 },
      act('reset', 'server'),
      ask('more', 'refused'),
      act('read-rest', 'client'),
      act('see-end', 'client'),
    ],
    expected: [`GET /reset-until-close 200 aborted 35/${oldAnswer.length + 10}`],
  },
  ...(['ipv4', 'unix'] as const).map((transport): Case => {
    const path = `/half-head/${transport}`;
    return {
      name: `half-head-${transport}`,
      covers: ['requests that are refused before they end'],
      transport,
      steps: [ask(halfHead(path)), answer(timeout), act('close', 'server'), act('see-end', 'client')],
      isCutShort: true,
      expected: [`GET ${path} 408 complete ${halfHead(path).length}/${timeout.length}`],
    };
  }),
  {
    name: 'half-head-left',
    covers: ['aborted by the client'],
    transport: 'ipv4',
    steps: [ask(halfHead('/half-head/left')), act('close', 'client'), act('see-end', 'server')],
    isCutShort: true,
    expected: [`GET /half-head/left - aborted ${halfHead('/half-head/left').length}/0`],
  },
  {
    name: 'no-length',
    covers: ['requests that are refused before they end'],
    transport: 'ipv4',
    steps: [ask(noLength), answer(badRequest)],
    isCutShort: true,
    expected: [`POST /no-length 400 complete ${noLength.length}/${badRequest.length}`],
  },
  {
    name: 'half',
    covers: ['half-close'],
    transport: 'ipv4',
    steps: [ask(get('/half')), act('shutdown', 'client'), act('see-end', 'server'), answer(ok)],
    expected: [line('/half')],
  },
  {
    name: 'half-deaf',
    covers: ['half-close'],
    transport: 'ipv4',
    // The server wants to hear no more, and answers; what comes all the same is read.
    steps: [ask(get('/half-deaf/1')), act('shutdown-read', 'server'), answer(ok), ask(get('/half-deaf/2')), answer(ok)],
    expected: [line('/half-deaf/1'), line('/half-deaf/2')],
  },
  {
    name: 'half-unread',
    covers: ['half-close'],
    transport: 'ipv4',
    // The connection is over before the client has read its response.
    steps: [
      ask(get('/half-unread')),
      act('shutdown', 'client'),
      act('see-end', 'server'),
      { ...answer(ok), taken: 5 },
      act('close', 'server'),
      act('read-rest', 'client'),
      act('see-end', 'client'),
    ],
    expected: [line('/half-unread')],
  },
  {
    name: 'half-until-close',
    protocol: 'HTTP/1.0',
    covers: ['half-close', 'close-delimited'],
    transport: 'ipv6',
    steps: [
      ask('GET /half-until-close HTTP/1.0\r\n\r\n'),
      act('shutdown', 'client'),
      act('see-end', 'server'),
      { ...answer(`${oldAnswer}as long as it lasts`), taken: 0 },
      act('close', 'server'),
      act('read-rest', 'client'),
      act('see-end', 'client'),
    ],
    expected: [`GET /half-until-close 200 closed 34/${oldAnswer.length + 19}`],
  },
  {
    name: 'methods',
    covers: ['unusual methods'],
    transport: 'ipv4',
    steps: methods.flatMap((method, index) => [ask(get(`/m/${index}`, method)), answer(ok)]),
    expected: methods.map((method, index) => line(`/m/${index}`, undefined, undefined, method)),
  },
  {
    name: 'inner',
    covers: ['bodies that contain requests'],
    transport: 'ipv4',
    steps: [ask(outer), ask(inner), answer(`HTTP/1.1 200 OK\r\nContent-Length: ${okBytes}\r\n\r\n`), answer(ok)],
    expected: [`POST /outer 200 complete ${outer.length + inner.length}/${39 + okBytes}`],
  },
  {
    name: 'large',
    covers: ['large bodies'],
    transport: 'ipv4',
    steps: [
      ask(upload),
      ask('u'.repeat(100000)),
      answer(download + 'd'.repeat(50000)),
      answer('d'.repeat(50000)),
      ask(get('/after')),
      answer(ok),
    ],
    expected: [`PUT /large 200 complete ${upload.length + 100000}/${download.length + 100000}`, line('/after')],
  },
];
