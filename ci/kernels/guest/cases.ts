/** What is sent over the wire in a guest, in which pieces, and what the trace must then say. */

export type Side = 'client' | 'server';

/** Pieces that one side writes one after the other, or how it ends. */
export type Step =
  | { readonly by: Side; readonly pieces: readonly string[] }
  | { readonly by: Side; readonly end: 'fin' | 'reset' };

/** What one line of the trace must say; which container and role is the same for all. */
export type Expected = {
  readonly method: string;
  readonly status: number | null;
  readonly end: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
};

export type Case = {
  /** Also the first part of every target in it. */
  readonly name: string;
  readonly over: 'ipv4' | 'ipv6' | 'unix';
  readonly steps: readonly Step[];
  readonly expected: readonly Expected[];
};

const EMPTY = '\r\n';

const client = (...pieces: readonly string[]): Step => ({ by: 'client', pieces });
const server = (...pieces: readonly string[]): Step => ({ by: 'server', pieces });

function request(name: string, method = 'GET', headers: readonly string[] = [], body = ''): string {
  return [`${method} /${name} HTTP/1.1`, 'Host: guest', ...headers, EMPTY].join('\r\n') + body;
}

function response(
  status: number,
  body: string,
  headers: readonly string[] = [`Content-Length: ${body.length}`],
): string {
  return [`HTTP/1.1 ${status} Word`, ...headers, EMPTY].join('\r\n') + body;
}

function expect(sent: string, got: string, more: Partial<Expected> = {}): Expected {
  const status = Number(/^HTTP\/1\.\d (\d+)/.exec(got)?.[1]);
  return {
    method: sent.slice(0, sent.indexOf(' ')),
    status: got === '' ? null : status,
    end: 'complete',
    requestBytes: sent.length,
    responseBytes: got.length,
    ...more,
  };
}

/** Cut into as many pieces of about the same length. */
function cut(text: string, pieces: number): readonly string[] {
  const length = Math.ceil(text.length / pieces);
  return Array.from({ length: pieces }, (_, index) => text.slice(index * length, (index + 1) * length));
}

function keepAlive(name: string, over: Case['over']): Case {
  const pairs = [200, 404, 500].map((status) => [request(name), response(status, `body of ${status}`)] as const);
  return {
    name,
    over,
    steps: pairs.flatMap(([sent, got]) => [client(sent), server(got)]),
    expected: pairs.map(([sent, got]) => expect(sent, got)),
  };
}

function split(name: string, over: Case['over']): Case {
  const sent = request(name, 'POST', ['Content-Length: 9'], 'nine byte');
  const got = response(200, 'x'.repeat(100));
  return { name, over, steps: [client(...cut(sent, 9)), server(...cut(got, 5))], expected: [expect(sent, got)] };
}

function one(name: string, sent: string, got: string, more: Partial<Expected> = {}, ends: readonly Step[] = []): Case {
  const answer = got === '' ? [] : [server(got)];
  return { name, over: 'ipv4', steps: [client(sent), ...answer, ...ends], expected: [expect(sent, got, more)] };
}

function pipelined(): Case {
  const sent = ['GET', 'DELETE', 'OPTIONS'].map((method) => request('pipelined', method));
  const got = ['one', 'two', 'three'].map((body) => response(200, body));
  return {
    name: 'pipelined',
    over: 'ipv4',
    steps: [client(sent.join('')), server(got.join(''))],
    expected: sent.map((text, index) => expect(text, got[index] ?? '')),
  };
}

function chunked(): Case {
  const sent = request('chunked', 'PUT', ['Transfer-Encoding: chunked'], '4\r\nfour\r\n0\r\n\r\n');
  const got = response(200, '5\r\nabcde\r\n3;x=y\r\nfgh\r\n0\r\nTrailer: value\r\n\r\n', [
    'Transfer-Encoding: chunked',
  ]);
  return {
    name: 'chunked',
    over: 'ipv4',
    steps: [client(...cut(sent, 3)), server(...cut(got, 6))],
    expected: [expect(sent, got)],
  };
}

function expectContinue(): Case {
  const head = request('continue', 'POST', ['Content-Length: 5', 'Expect: 100-continue']);
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
  const final = response(201, 'made');
  const bytes = { requestBytes: head.length + 5, responseBytes: interim.length + final.length };
  return {
    name: 'continue',
    over: 'ipv4',
    steps: [client(head), server(interim), client('12345'), server(final)],
    expected: [expect(head, final, bytes)],
  };
}

function head(): Case {
  const asked = request('head', 'HEAD');
  const told = response(200, '', ['Content-Length: 5']);
  const sent = request('head');
  const got = response(200, '12345');
  return {
    name: 'head',
    over: 'ipv4',
    steps: [client(asked), server(told), client(sent), server(got)],
    expected: [expect(asked, told), expect(sent, got)],
  };
}

function withoutBody(): Case {
  const pairs = [204, 304].map((status) => [request('no-body'), response(status, '', ['ETag: "x"'])] as const);
  return {
    name: 'no-body',
    over: 'ipv4',
    steps: pairs.flatMap(([sent, got]) => [client(sent), server(got)]),
    expected: pairs.map(([sent, got]) => expect(sent, got)),
  };
}

function big(): Case {
  const sent = request('big', 'POST', ['Content-Length: 300000'], 'u'.repeat(300_000));
  const got = response(200, 'd'.repeat(500_000));
  const again = request('big');
  const small = response(200, 'small');
  return {
    name: 'big',
    over: 'ipv4',
    steps: [client(...cut(sent, 4)), server(...cut(got, 3)), client(again), server(small)],
    expected: [expect(sent, got), expect(again, small)],
  };
}

function upgrade(): Case {
  const sent = request('upgrade', 'GET', ['Connection: Upgrade', 'Upgrade: websocket']);
  const got = response(101, '', ['Connection: Upgrade', 'Upgrade: websocket']);
  return {
    name: 'upgrade',
    over: 'ipv4',
    steps: [client(sent), server(got), client('\x81\x02hi'), server('\x81\x02ho')],
    expected: [expect(sent, got, { end: 'upgraded' })],
  };
}

const fin = (by: Side): Step => ({ by, end: 'fin' });
const reset = (by: Side): Step => ({ by, end: 'reset' });

/** Every case, in the order in which it is played. */
export const cases: readonly Case[] = [
  keepAlive('keep-alive', 'ipv4'),
  keepAlive('keep-alive-ipv6', 'ipv6'),
  keepAlive('keep-alive-unix', 'unix'),
  split('split', 'ipv4'),
  split('split-ipv6', 'ipv6'),
  split('split-unix', 'unix'),
  pipelined(),
  chunked(),
  expectContinue(),
  head(),
  withoutBody(),
  big(),
  upgrade(),
  one('until-close', 'GET /until-close HTTP/1.0\r\n\r\n', response(200, 'as long as it lasts', []), { end: 'closed' }, [
    fin('server'),
  ]),
  one('method', request('method', 'X-BREW'), response(200, 'tea')),
  one('aborted', request('aborted'), response(200, 'half', ['Content-Length: 8']), { end: 'aborted' }, [
    reset('server'),
  ]),
  one('unanswered', request('unanswered'), '', { end: 'aborted' }, [fin('client')]),
];
