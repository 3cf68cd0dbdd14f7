/** Every check of the doctor, and the tests that show it failing for its own cause and passing. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { read } from '../helpers/tree.ts';

type Shown = readonly [file: string, title: string];
/** One test where it shows both. */
type Row = readonly [fails: Shown, ...passes: Shown[]];

const inChecks = (name: string, title: string): Shown => [`test/checks/${name}.test.ts`, title];
const engine = (title: string) => inChecks('engine', title);
const fits = (title: string) => inChecks('fit', title);
const rest = (title: string) => inChecks('rest', title);
const machine = (title: string) => inChecks('machine', title);
const machineStates = machine('the machine `%s` is told as it is');

const rows: Readonly<Record<string, Row>> = {
  ND001: [['test/e2e/runner-doctor-machines.test.ts', 'Node %s: the doctor ends with %i']],
  EN001: [
    engine('without an engine, the package manager of the platform is named'),
    engine('an engine that prints its version is installed'),
  ],
  EN002: [
    engine('when two engines are silent, both are named'),
    engine('an engine that answers says its version, and a disguised docker is unmasked'),
  ],
  EN003: [engine('a rootless engine cannot load eBPF')],
  EN004: [
    engine('a container that does not start because of `%s` says why'),
    engine('a container that starts passes, with and without a network'),
  ],
  EN005: [
    engine('a network that cannot be made names the packages that make it'),
    engine('a container that starts passes, with and without a network'),
  ],
  EN006: [fits('EN006 %s: %s %s gives %s')],
  EN007: [fits('EN007: crun does not fit a host with both cgroups, runc does')],
  EN008: [fits('EN008: Podman 6 does not run on cgroups v1, older ones do')],
  CP001: [
    rest('without a compose provider, one is offered'),
    rest('the compose provider behind `%s` is found, with its own version'),
  ],
  PM001: [machineStates],
  PM002: [machineStates],
  PM003: [machineStates],
  PM004: [machine('a machine with less than 2 GiB fails, one with 4 is well')],
  PM005: [fits('PM005: the default provider of Podman 6 needs krunkit')],
  PM006: [fits('PM006: Podman 6 leaves Macs with Intel processors behind')],
  PM007: [fits('PM007: a Mac without a hypervisor, such as a CI runner, is told so')],
  SF001: [fits('SF001: the machine sees the home folder, and neither /tmp nor /Volumes')],
  IM001: [
    rest('where no registry answers, a Debian host makes the base images itself'),
    rest('base images are here, are bootstrapped, or can be pulled'),
  ],
  KN001: [rest('a kernel without BTF, or locked down, cannot take the probe')],
  KN002: [rest('a kernel without BTF, or locked down, cannot take the probe')],
  KN003: [fits('KN003: CAP_SYS_ADMIN, or CAP_BPF with CAP_PERFMON, must be in reach')],
  KN004: [fits('KN004: a seccomp filter is asked whether it minds bpf()')],
  KN005: [fits('KN005: the kernel under the containers must have a ring buffer')],
  KN006: [
    inChecks(
      'kernel-hooks',
      'KN006: the kernel’s types tell which tier is tried first, and a kernel without any hook fails',
    ),
  ],
  CA001: [fits('CA001: the certificate authority of a proxy must be there, in PEM, and valid')],
  CK001: [fits('CK001: a machine whose clock says %s at 1790000000: %s')],
  PT001: [
    rest('a port that is taken says by whom, and a stack of another checkout is named'),
    rest('the port is free, or ours'),
  ],
  ST001: [
    fits(
      'ST001: ended containers and an empty network are left over; another checkout’s and others’ are named, not touched',
    ),
  ],
  TR001: [rest('traces must be writable')],
  DK001: [rest('%d free bytes on the disk: %s')],
  MM001: [rest('%s KiB of free memory: %s')],
  TC001: [rest('a host without the eBPF toolchain is warned, not failed')],
  TC002: [rest('what only the tests call is a warning, with the packages that are missing')],
  TC003: [rest('what boots a kernel is found where root keeps it too, and the rest is offered')],
};

const config = parse(read('tasks.config.yaml')) as {
  readonly checks: Readonly<Record<string, { readonly id: string }>>;
};

test('every check has its row, and every row its check', () => {
  const ids = Object.values(config.checks).map(({ id }) => id);
  expect(Object.keys(rows).sort()).toEqual(ids.sort());
});

test.each(Object.entries(rows))('%s: its tests stand once in their files, run, and ask this check', (id, shown) => {
  for (const [file, title] of shown) {
    const source = read(file);
    expect(source.split(title).length - 1, `${file}: ${title}`).toBe(1);
    expect(source).not.toMatch(/\b(?:test|it|describe)\.(?:only|todo|fails)\b/);
    expect(asks(source, title, id), `\`${title}\` does not ask ${id}`).toBe(true);
  }
});

test.each(Object.entries(rows))('%s: its tests expect both that it is well and that it is not', (id, shown) => {
  const text = shown.map(([file, title]) => caseOf(read(file), title)).join('\n');
  expect(text, id).toMatch(/'(fail|warn)'|toBe\(code\)|fixes/);
  expect(text, id).toMatch(/'pass'|toBe\(code\)|summary/);
});

/** By its id, or by a name that the file gave to it. */
function asks(source: string, title: string, id: string): boolean {
  const alias = new RegExp(`const (\\w+) = checkOf\\(\\w+, '${id}'\\)`).exec(source)?.[1];
  const text = caseOf(source, title);
  return text.includes(id) || (alias !== undefined && text.includes(`${alias}(`));
}

/** The text of a test with its table: from the end of the case before it to its own end. */
function caseOf(source: string, title: string): string {
  const at = source.indexOf(title);
  const start = source.lastIndexOf('\ntest', at);
  const end = source.indexOf('\n});', at);
  return source.slice(start, end === -1 ? undefined : end);
}
