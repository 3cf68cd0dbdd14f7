/**
 * A `podman` that answers as a recorded machine did, for what a Linux test machine cannot be: a Mac. Everything that was
 * not recorded and is not named here ends with 99, so that a test fails on what it did not expect.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const fixtures = resolve(import.meta.dirname, '../fixtures');

export type Recorded = { readonly version: '5.4.2'; readonly state: string };

/** What changes the state, and into which. */
const transitions: Readonly<Record<string, string>> = {
  'machine init --rootful --cpus 4 --memory 4096': '6-stopped-rootful',
  'machine set --rootful podman-machine-default': '6-stopped-rootful',
  'machine start podman-machine-default': '7-running-rootful',
};

/** A folder for PATH with `podman` and `podman-compose`; it removes itself. */
export async function fakePodman({ version, state }: Recorded): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-podman-'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'state'), state);
  await program(join(folder, 'podman'), podman(version, folder));
  await program(
    join(folder, 'podman-compose'),
    '#!/bin/sh\n[ "$*" = version ] && echo "podman-compose version 1.5.0"\n',
  );
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function program(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

function podman(version: string, folder: string): string {
  const changes = Object.entries(transitions).map(
    ([command, next]) => `  "${command}") echo "${next}" > "${folder}/state" ;;`,
  );
  return `#!/bin/sh
recorded="${fixtures}/podman-machine-${version}/$(cat "${folder}/state")"
replay() {
  cat "$recorded/$1.stdout"
  cat "$recorded/$1.stderr" >&2
  exit "$(cat "$recorded/$1.rc")"
}
case "$*" in
${changes.join('\n')}
  --version) echo "podman version ${version}" ;;
  "machine list --format json") replay machine-list ;;
  "machine inspect "*) replay machine-inspect ;;
  "system connection list --format json") replay connection-list ;;
  info | "info --format json") replay remote-info ;;
  "build -q -t localhost/tasks-check-start "* | "run --rm "*" localhost/tasks-check-start" | "rmi -f localhost/tasks-check-start") ;;
  "image inspect --format {{.Id}} "*) exit 125 ;;
  "manifest inspect docker.io/library/"*) echo "{}" ;;
  "ps -a -q --no-trunc --filter label=com.docker.compose.project=profiler") ;;
  *) echo "fake podman: unexpected: $*" >&2; exit 99 ;;
esac
`;
}
