import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFiles } from '../../tasks/lib/compose-files.ts';
import { ranOf } from '../helpers/script-context.ts';
import { read } from '../helpers/tree.ts';

const compose = 'container/docker-compose.yml';
const override = 'container/docker-compose.old-kernels.yml';
const selinux = 'container/docker-compose.selinux.yml';

function filesWhere(said: unknown): readonly string[] {
  return composeFiles({ info: ranOf('podman info', { code: 0, stdout: JSON.stringify(said), stderr: '' }) });
}

test.each([
  ['5.10.0-46-cloud-amd64', [compose, override]],
  ['4.18.0-553.el8.x86_64', [compose, override]],
  ['5.11.0', [compose]],
  ['6.1.0-56-cloud-amd64', [compose]],
  ['', [compose]],
])('on the kernel `%s` the stack is started from %j', (kernel, files) => {
  expect(filesWhere({ host: { kernel } })).toEqual(files);
  expect(filesWhere({ KernelVersion: kernel })).toEqual(files);
});

test('and from the compose file alone where the engine says nothing', () => {
  expect(composeFiles({ info: ranOf('podman info', 'hangs') })).toEqual([compose]);
});

test.each([
  ['as in the machine of a Mac', { host: { security: { selinuxEnabled: true } } }, [compose, selinux]],
  ['by docker', { SecurityOptions: ['name=seccomp,profile=builtin', 'name=selinux'] }, [compose, selinux]],
  ['nowhere', { host: { security: { selinuxEnabled: false } } }, [compose]],
  ['nowhere, says docker', { SecurityOptions: ['name=seccomp,profile=builtin'] }, [compose]],
])('where SELinux confines containers, %s, the profiler is taken out', (_where, said, files) => {
  expect(filesWhere(said)).toEqual(files);
});

test('the file for old kernels adds one capability and nothing else', () => {
  expect(parse(read(override))).toEqual({ services: { profiler: { cap_add: ['SYS_RESOURCE'] } } });
});

test('the file for SELinux takes its label from the profiler and nothing else', () => {
  expect(parse(read(selinux))).toEqual({ services: { profiler: { security_opt: ['label=disable'] } } });
});

test('the profiler may call nothing that looks into other processes, mounts, makes namespaces or changes the machine', () => {
  const { defaultAction, syscalls } = JSON.parse(read('container/profiler/seccomp.json')) as {
    readonly defaultAction: string;
    readonly syscalls: readonly { readonly action: string; readonly names: readonly string[] }[];
  };
  const forbidden =
    /ptrace|process_|pidfd_getfd|kcmp|mount|pivot_root|chroot|setns|unshare|open_tree|handle|module|kexec|reboot|swap|keyctl|_key|perf_event|userfaultfd|io_uring|clone3|syslog|acct|quota|clock_settime|settimeofday|adjtime|sethostname|setdomainname|iopl|ioperm|mknod|personality/;
  expect(defaultAction).toBe('SCMP_ACT_ERRNO');
  const allowed = syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW').flatMap(({ names }) => names);
  expect(allowed.filter((name) => forbidden.test(name))).toEqual([]);
});
