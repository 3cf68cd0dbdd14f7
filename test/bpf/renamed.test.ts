/** Containers whose name changes while they run, where one is asked for by name. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CONTAINERS } from '../../container/profiler/src/file-names.ts';
import { containIn } from '../helpers/contain.ts';
import { follow } from '../helpers/follow.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** The profiler looks at names ten times a second, and decides at once. */
const READ_MS = 1_000;
/** Each line that it reads is the target of a request, over one connection for them all. */
const program = `import socket, sys
listener = socket.create_server(("127.0.0.1", ${PORT}))
client, server = socket.create_connection(listener.getsockname()), listener.accept()[0]
print("ready", flush=True)
for line in sys.stdin:
    client.sendall(b"GET %s HTTP/1.1\\r\\n\\r\\n" % line.strip().encode())
    server.recv(1000)
    server.sendall(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
    client.recv(1000)
    print("answered " + line, end="", flush=True)
`;

test.each(['A', ''])('a container is traced as soon as it has the name that is asked for, tier %s', async (tier) => {
  await using peer = follow(['python3', '-c', program]);
  await peer.says('ready');
  using container = containIn([peer.child.pid ?? 0]);
  await using profiler = await startProfiler({
    PROFILER_SCOPE: 'containers',
    PROFILER_CGROUPS: 'wanted',
    PROFILER_PORTS: String(PORT),
    PROFILER_TIER: tier,
  });
  const call = (name: string): void =>
    writeFileSync(
      join(profiler.out, CONTAINERS),
      JSON.stringify([{ id: container.id, name, image: 'i', service: 's' }]),
    );
  const told = () => profiler.lines().flatMap(({ type, target }) => (type === 'exchange' ? [target] : []));
  let asked = 0;
  const ask = async (): Promise<void> => {
    const target = `/${asked++}`;
    peer.type(`${target}\n`);
    await peer.says(`answered ${target}\n`);
  };

  call('other');
  await sleep(READ_MS);
  await ask();
  await sleep(READ_MS);
  call('wanted');
  const isToldYet = async (): Promise<boolean> => {
    await ask();
    return told().length > 0;
  };
  await expect.poll(isToldYet, { interval: 50, timeout: 20_000 }).toBe(true);
  const first = Number(told()[0]?.slice(1));
  await profiler.stop();
  peer.child.stdin?.end();
  await peer.ended;
  // From then on all of them are told.
  expect(told()).toEqual(Array.from({ length: asked - first }, (_, after) => `/${first + after}`));
});
