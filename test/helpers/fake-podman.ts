/**
 * A `podman` on PATH that asks the test what to answer: a simulated one, for what a Linux test machine cannot be, a Mac.
 * It refuses a terminal, on which the real one would ask questions.
 */
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { root } from './checkout.ts';
import {
  type Answer,
  type MachineStateName,
  type PodmanVersion,
  type Quirks,
  SimulatedPodman,
} from './simulated-podman.ts';

export type FakePodman = AsyncDisposable & {
  /** Put it first on PATH; it holds `podman`, `podman-compose`, and what else `machine-start` calls. */
  readonly folder: string;
  readonly podman: SimulatedPodman;
  /** This checkout with a state of its own: two runs of one checkout would do a task once between them. */
  readonly checkout: string;
};

type Options = {
  readonly version: PodmanVersion;
  readonly state: MachineStateName;
  readonly quirks?: Quirks;
  /** Asked first: a pattern of the words → the answer. */
  readonly also?: readonly (readonly [RegExp, Answer])[];
};

/** What a usable machine answers about containers and images; a pattern of the words → the answer. */
const containers: readonly (readonly [RegExp, string, number])[] = [
  [/^build -q (--network none )?-t localhost\/tasks-check-\w+ /, 'id\n', 0],
  [/^run --rm .*localhost\/tasks-check-\w+/, '', 0],
  [/^run --rm --label \S+ --label \S+ (--network none )?--rootfs \S+:O \/exit$/, '', 0],
  [/^rmi -f localhost\/tasks-check-\w+$/, '', 0],
  [/^image inspect --format \{\{\.RepoTags\}\} /, '', 125],
  [/^manifest inspect docker\.io\/library\//, '{}\n', 0],
  [/^network inspect profiler_default$/, '[]\n', 125],
  [/^ps -a -q --no-trunc --filter label=com\.docker\.compose\.project=profiler$/, '', 0],
];

/** Makes the folder; it removes itself. */
export async function fakePodman({ version, state, quirks, also = [] }: Options): Promise<FakePodman> {
  const podman = new SimulatedPodman(version, state, quirks);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', (words: Buffer) => {
      const asked = words.toString('utf8').trim();
      reply(socket, also.find(([pattern]) => pattern.test(asked))?.[1] ?? answer(podman, asked));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const folder = await mkdtemp(join(tmpdir(), 'fake-podman-'));
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  await program(join(folder, 'podman'), client(port));
  await program(join(folder, 'pkill'), client(port));
  await program(join(folder, 'sed'), client(port, '[ "$1" = -i.bak ] || exec /usr/bin/sed "$@"\n'));
  await program(
    join(folder, 'podman-compose'),
    '#!/bin/sh\n[ "$*" = version ] && echo "podman-compose version 1.5.0"\n',
  );
  await program(join(folder, 'krunkit'), '#!/bin/sh\n');
  const checkout = await checkoutApart();
  return {
    folder,
    podman,
    checkout,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await rm(folder, { recursive: true });
      await release(checkout);
    },
  };
}

/** Those that no test uses now. What their scripts were compiled to is known by their paths, and would have to be made for others. */
const free: string[] = [];

afterAll(async () => {
  for (const checkout of free.splice(0)) await rm(checkout, { recursive: true });
});

async function checkoutApart(): Promise<string> {
  const before = free.pop();
  if (before !== undefined) return before;
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'checkout-')));
  await mkdir(join(folder, '.tasks'));
  for (const name of ['tasks.config.yaml', 'package.json', 'node_modules', 'tasks', 'container', 'bpf'])
    await symlink(join(root, name), join(folder, name));
  return folder;
}

/** Of what runs have left, only what is made of the sources alone stays for the next test. */
async function release(checkout: string): Promise<void> {
  const state = join(checkout, '.tasks');
  for (const name of await readdir(state))
    if (name !== 'cache') await rm(join(state, name), { recursive: true, force: true, maxRetries: 5 });
  free.push(checkout);
}

function answer(podman: SimulatedPodman, words: string): Answer {
  if (/^machine ssh \S+ date \+%s$/.test(words))
    return { code: 0, stdout: `${Math.floor(Date.now() / 1000)}\n`, stderr: '' };
  const row = containers.find(([pattern]) => pattern.test(words));
  if (row !== undefined) return { code: row[2], stdout: row[1], stderr: '' };
  try {
    return podman.answer(words);
  } catch (error) {
    return { code: 99, stdout: '', stderr: `${String(error)}\n` };
  }
}

/** Exit code and length of stdout on a line each, then stdout, then stderr; nothing at all is a command that hangs. */
function reply(socket: Socket, given: Answer): void {
  if (given === 'hangs') return;
  const stdout = Buffer.from(given.stdout);
  socket.end(Buffer.concat([Buffer.from(`${given.code}\n${stdout.length}\n`), stdout, Buffer.from(given.stderr)]));
}

function client(port: number, first = ''): string {
  return `#!/bin/bash
${first}[ -t 0 ] && { echo 'fake podman: it has a terminal' >&2; exit 97; }
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 96
printf '%s\\n' "$*" >&3
read -r code <&3 || exit 95
read -r length <&3
head -c "$length" <&3
cat <&3 >&2
exit "$code"
`;
}

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}
