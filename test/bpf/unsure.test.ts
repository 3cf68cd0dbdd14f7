/** A connection on which the kernel could not follow a message: what comes later is copied no more than has to be read. */
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { follow } from '../helpers/follow.ts';
import { listening } from '../helpers/peers.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = 21_047;
const LARGE = 3_000_000;
const READ_BYTES = 65_536;
/** Of one call, where all is copied. */
const MOST_RECORDS = 32;
const head = (method: string, target: string, more = '') => `${method} ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const chunked = `${head('POST', '/chunked', 'Transfer-Encoding: chunked\r\n')}2\r\nhi\r\n0\r\n\r\n`;
const withCookie = (target: string, bytes: number) => head('GET', target, `Cookie: ${'c'.repeat(bytes)}\r\n`);
const long = withCookie('/long', 9_000);
const [one, two] = [head('GET', '/pipelined/1'), head('GET', '/pipelined/2')];

/**
 * Each line: what is asked, how many bytes of a body each answer has (a negative number for those to HEAD), and how many
 * bytes the server reads at a time.
 */
const program = `import json, sys, threading
${listening(PORT)}client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
def receive(end, left, buffer):
    while left:
        left -= len(end.recv(min(left, buffer), socket.MSG_WAITALL))
for line in sys.stdin:
    asked, bodies, buffer = json.loads(line)
    client.sendall(asked.encode())
    receive(server, len(asked), buffer)
    for size in bodies:
        answer = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % abs(size) + b"x" * max(size, 0)
        sender = threading.Thread(target=server.sendall, args=(answer,))
        sender.start()
        receive(client, len(answer), ${READ_BYTES})
        sender.join()
    print("done", flush=True)
`;

type Play = (asked: string, bodies: readonly number[], buffer?: number) => Promise<void>;

/** Runs both peers, and gives what plays one line of them to its end. */
function startPeers(): AsyncDisposable & { readonly play: Play } {
  const peers = follow(['python3', '-c', program]);
  const said = createInterface({ input: peers.child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const play: Play = async (asked, bodies, buffer = READ_BYTES) => {
    peers.type(`${JSON.stringify([asked, bodies, buffer])}\n`);
    expect((await said.next()).value).toBe('done');
  };
  return { play, [Symbol.asyncDispose]: () => peers[Symbol.asyncDispose]() };
}

test.each([
  ['chunked', chunked, [20_000], ['/chunked']],
  ['with a head of more than 8 KiB', long, [20_000], ['/long']],
  ['pipelined', one + two, [20_000, 9], ['/pipelined/1', '/pipelined/2']],
])('behind requests that are %s', async (_, unsure, bodies, targets) => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'client', PROFILER_PORTS: String(PORT) });
  await using peers = startPeers();
  const { play } = peers;
  const told = () => profiler.lines().filter(({ type }) => type !== 'header');
  await play(unsure, bodies);
  // When they are told the kernel knows where the next one begins.
  await expect.poll(() => told().length).toBe(targets.length);
  await play(head('GET', '/large/1'), [LARGE]);
  await play(head('HEAD', '/none'), [-LARGE]);
  await play(head('GET', '/large/2'), [LARGE]);
  await profiler.stop();
  const last = told().slice(-3);
  expect(last.map(({ target, status, end, responseBytes }) => [target, status, end, responseBytes])).toEqual([
    ['/large/1', 200, 'complete', LARGE + 44],
    ['/none', 200, 'complete', 44],
    ['/large/2', 200, 'complete', LARGE + 44],
  ]);
  // About one for each call that reads; each would fill eight.
  expect(profiler.status().counters.records).toBeLessThan((2 * 2 * LARGE) / READ_BYTES);
});

test('a head with a long cookie is followed, and with it the answer', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'both', PROFILER_PORTS: String(PORT) });
  await using peers = startPeers();
  const targets = ['/cookie/1', '/cookie/2'];
  for (const target of targets) await peers.play(withCookie(target, 7_900), [LARGE]);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type !== 'header');
  const at = (role: string) => told.filter((line) => line.role === role).map(({ target, end }) => [target, end]);
  const complete = targets.map((target) => [target, 'complete']);
  expect([at('server'), at('client')]).toEqual([complete, complete]);
  // One for the answer's call, and about one for each that reads it; each of these would fill eight.
  expect(profiler.status().counters.records).toBeLessThan((2 * 2 * LARGE) / READ_BYTES);
});

test('a head that a server reads in parts is followed, and with it the answer', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'server', PROFILER_PORTS: String(PORT) });
  await using peers = startPeers();
  // As nginx reads them, which has a buffer of a kibibyte at first.
  for (const target of ['/parts/1', '/parts/2']) await peers.play(withCookie(target, 1_500), [LARGE], 1_024);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type !== 'header');
  expect(told.map(({ target, end, responseBytes }) => [target, end, responseBytes])).toEqual([
    ['/parts/1', 'complete', LARGE + 44],
    ['/parts/2', 'complete', LARGE + 44],
  ]);
  // The call that sends one of the answers would fill as many.
  expect(profiler.status().counters.records).toBeLessThan(MOST_RECORDS);
});
