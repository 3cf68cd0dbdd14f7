import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFiles } from '../../tasks/lib/compose-files.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';
import { read } from '../helpers/tree.ts';

const compose = 'container/docker-compose.yml';
const override = 'container/docker-compose.old-kernels.yml';
const selinux = 'container/docker-compose.selinux.yml';

async function filesOn(os: string, release: string, info: unknown = {}): Promise<readonly string[]> {
  const run = async (command: readonly string[]) => {
    const stdout = command[0] === 'uname' ? `${release}\n` : JSON.stringify(info);
    return ranOf(command.join(' '), { code: 0, stdout, stderr: '' });
  };
  return await composeFiles({ platform: { os, arch: 'x64', pretended: false }, run }, engineOf({}));
}

test.each([
  ['linux', '5.10.0-46-cloud-amd64', [compose, override]],
  ['linux', '4.18.0-553.el8.x86_64', [compose, override]],
  ['linux', '5.11.0', [compose]],
  ['linux', '6.1.0-56-cloud-amd64', [compose]],
  ['linux', '', [compose]],
  ['darwin', '5.10.0', [compose]],
] as const)('on %s with kernel `%s` the stack is started from %j', async (os, release, files) => {
  expect(await filesOn(os, release)).toEqual(files);
});

test.each([
  ['as in the machine of a Mac', { host: { security: { selinuxEnabled: true } } }, [compose, selinux]],
  ['by docker', { SecurityOptions: ['name=seccomp,profile=builtin', 'name=selinux'] }, [compose, selinux]],
  ['nowhere', { host: { security: { selinuxEnabled: false } } }, [compose]],
  ['nowhere, says docker', { SecurityOptions: ['name=seccomp,profile=builtin'] }, [compose]],
])('where SELinux confines containers, %s, the profiler is taken out', async (_where, info, files) => {
  expect(await filesOn('darwin', '', info)).toEqual(files);
});

test('the file for old kernels adds one capability and nothing else', () => {
  expect(parse(read(override))).toEqual({ services: { profiler: { cap_add: ['SYS_RESOURCE'] } } });
});

test('the file for SELinux takes its label from the profiler and nothing else', () => {
  expect(parse(read(selinux))).toEqual({ services: { profiler: { security_opt: ['label=disable'] } } });
});
