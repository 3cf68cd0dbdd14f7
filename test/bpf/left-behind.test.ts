/** What does not leave the kernel: headers and bodies of messages that come whole, all of other protocols, and what was not asked for. */
import { afterAll, expect, test } from 'vitest';
import { hasLegacyCgroups } from '../../container/profiler/src/machine.ts';
import { loadProbe } from '../../container/profiler/src/probe.ts';
import { buildProbe, object } from '../helpers/build-probe.ts';
import { listening, runPeers } from '../helpers/peers.ts';
import { freePort } from '../helpers/port.ts';

/** `>` is sent by the client, `<` by the server; each piece is one call. */
type Piece = readonly ['>' | '<', string];

const SECRET = 'nobody-reads-this';
const PORT = await freePort();
const get = (path: string, method = 'GET'): Piece => [
  '>',
  `${method} ${path} HTTP/1.1\r\nAuthorization: ${SECRET}\r\n\r\n`,
];
const ok: Piece = [
  '<',
  `HTTP/1.1 200 OK\r\nSet-Cookie: ${SECRET}\r\nContent-Length: ${SECRET.length}\r\n\r\n${SECRET}`,
];
const twice = [get('/told'), ok, get('/told/2'), ok];
const upload = `PUT /told HTTP/1.1\r\nCookie: ${SECRET}\r\nContent-Length: ${2 * SECRET.length}\r\n\r\n`;
const [parted, partedRest] = [`PUT /told HTTP/1.1\r\nCoo`, `kie: none\r\nContent-Length: ${2 * SECRET.length}\r\n\r\n`];
const switching: Piece = ['<', `HTTP/1.1 101 Switching Protocols\r\nCookie: ${SECRET}\r\n\r\n`];
const binary = `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c${'\n'.repeat(12)}`;

buildProbe();
const probe = loadProbe({
  object,
  role: 'both',
  ports: [{ first: PORT, last: PORT }],
  cgroups: [],
  tier: undefined,
  hasLegacyCgroups: hasLegacyCgroups(),
  interrupts: { tracepoints: false, trampolines: false },
  attachesOnce: false,
});
afterAll(() => probe.detach());
probe.attach();

test.each<readonly [string, readonly Piece[]]>([
  ['requests and responses', twice],
  ['what follows a proxy’s line', [['>', 'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n'], ...twice]],
  ['what follows a proxy’s bytes', [['>', binary + get('/told')[1]], ok, get('/told/2'), ok]],
  ['what follows the answer to HEAD', [get('/told', 'HEAD'), ['<', 'HTTP/1.1 204 No\r\n\r\n'], ...twice]],
  ['a body in pieces', [['>', upload], ['>', SECRET], ['>', SECRET], ok]],
  ['what follows a head in parts', [['>', parted], ['>', `${partedRest}${SECRET}`], ['>', SECRET], ok, ...twice]],
  ['what follows an upgrade', [get('/told'), switching, ['>', get('/')[1]], ['<', SECRET]]],
])('%s: first lines only', async (_, pieces) => {
  const said = await readWhile(pieces);
  expect(said).toContain('/told HTTP/1.1');
  expect(said).not.toContain(SECRET);
});

test.each([
  `{"name": "${SECRET}"}`,
  `\x16\x03\x01\0\x20${SECRET}`,
  `*1\r\n$20\r\nGET ${SECRET}\r\n`,
  `GET  "${SECRET}"`,
  `a-method-of-24-letters-no /${SECRET}`,
])('what begins with %j is no request: nothing', async (text) => {
  expect(await readWhile((['>', '<'] as const).map((way) => [way, text]))).toBe('');
});

test.each([
  ['another port', 'listener = socket.create_server(("127.0.0.1", 0))'],
  [
    'a Unix socket',
    'listener = socket.socket(socket.AF_UNIX); listener.bind("\\0left-behind-%d" % PORT); listener.listen()',
  ],
])('where a port is named, on %s: nothing', async (_, listens) => {
  expect(await readWhile(twice, `import socket\n${listens.replace('PORT', String(PORT))}\n`)).toBe('');
});

/** All that the ring has of a connection on which these pieces move; `listens` makes the listener. */
async function readWhile(pieces: readonly Piece[], listens = listening(PORT)): Promise<string> {
  const before = probe.data.produced();
  await runPeers(`${listens}import json
client = socket.socket(listener.family)
client.connect(listener.getsockname())
server, _ = listener.accept()
for way, text in json.loads(${JSON.stringify(JSON.stringify(pieces))}):
    source, target = (client, server) if way == ">" else (server, client)
    source.sendall(text.encode("latin-1"))
    assert len(target.recv(10000)) == len(text)
client.close()
server.close()
`);
  return probe.data.bytes.toString('latin1', before, probe.data.produced());
}
