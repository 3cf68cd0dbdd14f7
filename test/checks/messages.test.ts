/** Known failures are recognised in every tool's wording, amid whatever else is printed; healthy output is left alone. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KnownMessage } from '../../tasks/runner/config/types.ts';
import { makeMatcher, notItself } from '../../tasks/runner/messages.ts';

const read = (path: string) => readFileSync(resolve(path), 'utf8');
const messages = parse(read('tasks/checks/messages.yaml')) as KnownMessage[];
const healthy = [
  'messages/healthy-first-build.txt',
  'messages/healthy-test.txt',
  'messages/healthy-compilers.txt',
  ...['4.3.1', '5.4.2', '5.8.6'].flatMap((version) =>
    ['start-rootful', 'start-rootless', 'stop', 'set-rootful'].flatMap((name) => [
      `podman-machine-${version}/${name}.stdout`,
      `podman-machine-${version}/${name}.stderr`,
    ]),
  ),
  'podman-4.3.1-linux-root-info.json',
  'docker-engine-26.1.5-info.json',
];

/** Check → what tools print, as they print it. */
const wordings: readonly (readonly [check: string, line: string])[] = [
  [
    'ST001',
    'Error: creating container storage: the container name "profiler-app-1" is already in use by cdd49c. You have to remove that container to be able to reuse that name: that name is already in use',
  ],
  [
    'ST001',
    'Error response from daemon: Conflict. The container name "/profiler-app-1" is already in use by container "cdd49c". You have to remove (or rename) that container to be able to reuse that name.',
  ],
  ['TC001', "probe.bpf.c:3:10: fatal error: 'bpf/bpf_helpers.h' file not found"],
  ['TC001', 'probe.bpf.c:3:10: fatal error: bpf/bpf_helpers.h: No such file or directory'],
  ['TC001', "probe.bpf.c:3: error: include file 'bpf/bpf_helpers.h' not found"],
  [
    'TC001',
    "\u001B[1mprobe.bpf.c:3:10: \u001B[0m\u001B[0;1;31mfatal error: \u001B[0m\u001B[1m'bpf/bpf_helpers.h' file not found\u001B[0m",
  ],
  ['EN002', 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'],
  ['EN002', 'Cannot connect to Docker daemon'],
  ['EN002', "ERROR: Couldn't connect to Docker daemon at http+docker://localhost - is it running?"],
  [
    'EN002',
    'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running',
  ],
  [
    'EN002',
    "docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', FileNotFoundError(2))",
  ],
  [
    'EN002',
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar": dial unix',
  ],
  [
    'EN002',
    'Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`',
  ],
  [
    'EN002',
    'Error: unable to connect to Podman socket: failed to connect: dial tcp 127.0.0.1:36155: connection refused',
  ],
  ['CP001', 'sh: 1: podman-compose: not found'],
  ['CP001', '/bin/sh: 1: podman-compose: not found'],
  ['CP001', 'bash: line 1: podman-compose: command not found'],
  ['CP001', 'zsh: command not found: podman-compose'],
  ['CP001', 'zsh:1: command not found: podman-compose'],
  ['CP001', 'sh: podman-compose: not found'],
  ['CP001', 'fish: Unknown command: podman-compose'],
  ['CP001', 'env: ‘podman-compose’: No such file or directory'],
  ['CP001', 'timeout: failed to run command ‘podman-compose’: No such file or directory'],
  ['CP001', 'sudo: podman-compose: command not found'],
  ['CP001', "FileNotFoundError: [Errno 2] No such file or directory: 'podman-compose'"],
  ['CP001', 'Error: spawnSync podman-compose ENOENT'],
  ['CP001', 'podman-compose: ENOENT'],
  ['CP001', 'Error: looking up compose provider failed'],
  ['CP001', "FileNotFoundError: [Errno 2] No such file or directory: 'container/docker-compose.yml'"],
  ['TR001', 'cat: container/traces/http-trace.txt: No such file or directory'],
  ['TR001', 'bash: line 1: container/traces/http-trace.txt: No such file or directory'],
  ['TR001', 'dash: 1: cannot open container/traces/http-trace.txt: No such file'],
  [
    'CP001',
    'Error response from daemon: container create: opening seccomp profile failed: open {"defaultAction":"SCMP_ACT_ERRNO"}: file name too long',
  ],
  ['TR001', 'zsh:1: no such file or directory: container/traces/http-trace.txt'],
  ['TR001', "cat: can't open 'container/traces/http-trace.txt': No such file or directory"],
  ['TR001', 'no traces generated'],
  ['PM001', 'Error: podman-machine-default: VM does not exist'],
  ['PM002', 'Error: cannot start VM podman-machine-default: VM already running or starting'],
  ['PM002', 'Error: unable to start "podman-machine-default": already running'],
  ['PM002', 'Error: machine did not transition into running state: ssh error: exit status 255'],
  ['PM002', 'Error: exit status 255'],
  ['PM002', 'Error: vfkit exited unexpectedly with exit code 1'],
  ['PM005', 'Error: krunkit exited unexpectedly with exit code 1'],
  ['PM005', 'Error: could not find "krunkit" in one of [/opt/homebrew/bin]: krunkit: executable not found'],
  ['PM002', 'Error: failed to connect to "gvproxy" socket: no such file or directory'],
  ['PM002', 'Error: gvproxy exited unexpectedly with exit code 1'],
  [
    'PM001',
    'Error: unable to load machine config file: json: cannot unmarshal string into Go struct field .ConfigPath of type define.VMFile',
  ],
  [
    'PM001',
    'Error: incompatible machine config "/Users/mara/.config/containers/podman/machine/qemu/m.json" (/tmp) for this version of Podman',
  ],
  [
    'PM007',
    'Error: qemu exited unexpectedly with exit code 1, stderr: Could not access KVM kernel module: No such file or directory',
  ],
  ['SF001', 'Error: statfs /tmp/shop/container/traces: no such file or directory'],
  [
    'EN003',
    'libbpf: Error in bpf_object__probe_loading():Operation not permitted(1). Couldn’t load trivial BPF program: not permitted',
  ],
  ['EN003', 'failed to set rlimit: MEMLOCK may be too low'],
  ['EN004', 'Error: crun: setrlimit `RLIMIT_NOFILE`: Operation not permitted: OCI permission denied'],
  ['EN004', 'error during container init: error setting rlimit type 7: operation not permitted: OCI permission denied'],
  ['EN004', 'Error: OCI runtime error: crun: cgroups in hybrid mode not supported, drop all controllers from cgroupv2'],
  ['EN004', 'Error: default OCI runtime "crun" not found: invalid argument'],
  ['EN005', 'Error: netavark: No such file or directory (os error 2)'],
  ['PT001', 'Error: rootlessport listen tcp 127.0.0.1:8080: bind: address already in use'],
  ['PT001', 'Bind for 127.0.0.1:8080 failed: port is already allocated'],
  ['IM001', 'initializing source docker://alpine:3: pinging container registry example.org: no such host'],
  ['CA001', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
  ['CA001', 'npm error code SELF_SIGNED_CERT_IN_CHAIN'],
  ['CK001', 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'],
  ['CK001', 'npm error code CERT_NOT_YET_VALID'],
  [
    'CK001',
    'E: Release file for http://mirror.example.org/debian/dists/bookworm-updates/InRelease is not valid yet (invalid for another 3h 2min 1s). Updates for this repository will not be applied.',
  ],
  ['DK001', 'write /var/tmp/layer: no space left on device'],
  ['DK001', 'dpkg: error: failed to write (No space left on device)'],
  ['DK001', "E: You don't have enough free space in /var/cache/apt/archives/."],
];

const noise = read('test/fixtures/messages/healthy-first-build.txt').split('\n').slice(0, 50);

test.each(wordings)('%s is found amid fifty other lines in: %s', (check, line) => {
  const found = matchesIn([...noise.slice(0, 25), line, ...noise.slice(25)]);
  expect(found.map((each) => each.check)).toEqual([check]);
  expect(found[0]?.line).toContain(line.replace(/\u001B\[[\d;]*m/g, '').slice(0, 20));
  expect(found[0]?.remedy).not.toBe('');
});

test('every row of the table is found by at least one wording', () => {
  const untested = messages.filter(
    ({ pattern }) => !wordings.some(([, line]) => new RegExp(pattern).test(plain(line))),
  );
  expect(untested).toEqual([]);
});

test.each(healthy)('nothing is found in %s', (path) => {
  expect(matchesIn(read(`test/fixtures/${path}`).split('\n'))).toEqual([]);
});

test('no part of a cause or remedy is lost to YAML, which takes ` #` outside of quotes for the start of a comment', () => {
  const lines = read('tasks/checks/messages.yaml').split('\n');
  expect(lines.filter((line) => /^ +(cause|remedy): [^'"].* #/.test(line))).toEqual([]);
});

test('the task that failed is never told as what mends it', () => {
  const own = messages.filter(({ remedy }) => remedy === 'npx tasks machine-start');
  expect(own.map(({ check }) => check)).toEqual(['EN002', 'PM001']);
  expect(own.map((row) => notItself(row, 'machine-start').remedy)).toEqual([
    'npx tasks doctor EN002',
    'npx tasks doctor PM001',
  ]);
  expect(own.map((row) => notItself(row, 'up'))).toEqual(own);
});

test('a failure that is printed a hundred times is told once', () => {
  const line = 'sh: 1: podman-compose: not found';
  expect(matchesIn(Array.from({ length: 100 }, () => line))).toHaveLength(1);
});

function matchesIn(lines: readonly string[]) {
  const matcher = makeMatcher(messages);
  for (const line of lines) matcher.read(line);
  return matcher.found();
}

function plain(line: string): string {
  return line.replace(/\u001B\[[\d;]*m/g, '');
}
