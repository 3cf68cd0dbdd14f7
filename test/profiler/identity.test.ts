import { expect, test } from 'vitest';
import { Groups } from '../../container/profiler/src/groups.ts';
import {
  describeContainer,
  findContainerId,
  matchesGroup,
  parseContainers,
} from '../../container/profiler/src/identity.ts';
import * as layout from '../../container/profiler/src/layout.ts';

const id = '0123456789abcdef'.repeat(4);

test.each([
  ['Podman', [`libpod-${id}`, 'libpod_parent', ''], id],
  ['Podman under systemd', [`libpod-${id}.scope`, 'machine.slice'], id],
  ['Podman, a group inside the container', ['container', `libpod-${id}.scope`], id],
  ['Docker under systemd', [`docker-${id}.scope`, 'system.slice'], id],
  ['Docker without systemd', [id, 'docker'], id],
  ['Kubernetes with containerd', [`cri-containerd-${id}.scope`, 'kubepods-besteffort.slice'], id],
  ['Kubernetes with containerd, a colon before the id', [`kubepods-pod1.slice:cri-containerd:${id}`], id],
  [
    'Kubernetes with containerd, no systemd, under a kubelet with it',
    [`kubepods-burstable-pod${'0123456789abcdef'.repeat(2)}0123.slice:cri-containerd:${id}`],
    id,
  ],
  ['Kubernetes with CRI-O', [`crio-${id}.scope`, 'kubepods.slice'], id],
  ['the monitor of a Podman container', [`libpod-conmon-${id}.scope`, 'machine.slice'], undefined],
  ['the monitor of a CRI-O container', [`crio-conmon-${id}.scope`, 'kubepods.slice'], undefined],
  ['a service of the host', ['ssh.service', 'system.slice'], undefined],
  ['a name that is only like an id', [`${id}0`], undefined],
])('%s', (_who, unified, expected) => {
  expect(findContainerId({ unified, legacy: [] })).toBe(expected);
  expect(findContainerId({ unified: [''], legacy: unified })).toBe(expected);
});

test('a container is called what the list says, else by its host name, unless that is its id', () => {
  const known = new Map([[id, { id, name: 'web', image: 'localhost/web', service: 'web' }]]);
  expect(describeContainer(id, 'node', known)).toEqual({ id, name: 'web', image: 'localhost/web', service: 'web' });
  expect(describeContainer(id, 'node', new Map())).toEqual({ id, name: 'node', image: null, service: null });
  expect(describeContainer(id, id.slice(0, 12), new Map()).name).toBeNull();
  expect(describeContainer(id, '', new Map()).name).toBeNull();
});

test('a list of containers that cannot be trusted is read as far as it can', () => {
  expect(parseContainers('[{"id":"a","name":"b","image":5},{"id":7},null,"x"]')).toEqual(
    new Map([['a', { id: 'a', name: 'b', image: null, service: null }]]),
  );
  expect(parseContainers('[{"id":"a","name":"/b"}]')?.get('a')?.name).toBe('b');
  expect(parseContainers('[{"id":')).toBeUndefined();
  expect(parseContainers('{}')).toBeUndefined();
  expect(parseContainers('[]')).toEqual(new Map());
  // As the engines’ own lists are.
  expect(parseContainers('[{"Id":"a","Name":"/b"}]')).toBeUndefined();
});

test('patterns name containers, services and cgroups, and `*` stands for anything', () => {
  const names = { unified: [`libpod-${id}`], legacy: [], node: 'web-1' };
  const container = { id, name: 'web-1', image: null, service: 'web' };
  const matches = (...patterns: string[]) => matchesGroup(patterns, names, container);
  expect(matches()).toBe(true);
  expect(matches('web-1')).toBe(true);
  expect(matches('web')).toBe(true);
  expect(matches('libpod-*')).toBe(true);
  expect(matches('w*1')).toBe(true);
  expect(matches('db', 'web')).toBe(true);
  expect(matches('db', 'web-?')).toBe(false);
  expect(matches('eb-1')).toBe(false);
  expect(matchesGroup(['*'], { unified: [], legacy: [], node: '' }, null)).toBe(true);
  expect(matchesGroup(['sshd'], { unified: ['', 'x'], legacy: ['sshd'], node: '' }, null)).toBe(true);
  const nameless = { id, name: null, image: null, service: null };
  expect(matchesGroup(['n*', 'undefined'], { ...names, unified: [] }, nameless)).toBe(false);
});

test('patterns are text, and name what the kernel told byte by byte', () => {
  const names = { unified: ['b\xc3\xbcro.slice'], legacy: [], node: '' };
  expect(matchesGroup(['b\u00fcro.*'], names, null)).toBe(true);
  expect(matchesGroup(['b\u00fcro.*'], { ...names, unified: ['b\xfcro.slice'] }, null)).toBe(true);
  expect(matchesGroup(['b\u00fcro.*'], { ...names, unified: ['buro.slice'] }, null)).toBe(false);
});

test('every name that a cgroup may have fits into a record', () => {
  // NAME_MAX and the NUL, include/uapi/linux/limits.h.
  expect(layout.cgroup.unified.lengths[1]).toBe(256);
  expect(layout.cgroup.legacy.lengths[1]).toBe(256);
});

/** Cgroups as the kernel announces them, by number, and what it is told about them. */
function openGroups(settings: ConstructorParameters<typeof Groups>[0]) {
  const made: string[] = [];
  const forgotten: bigint[] = [];
  const groups = new Groups(settings, {
    decide: (_, decision) => made.push(decision),
    forgetGroup: ({ unified }) => forgotten.push(unified),
  });
  const announce = (number: number, name: string, node = ''): void =>
    groups.announced({ group: groupOf(number), unified: [name], legacy: [], node });
  return { groups, made, forgotten, announce };
}
const groupOf = (number: number) => ({ unified: BigInt(number), legacy: 0n });

/** What is decided about a container, each time that it is announced with the next of these host names. */
function decisions(cgroups: readonly string[], nodes: readonly string[]): readonly string[] {
  const { made, announce } = openGroups({ scope: 'containers', cgroups });
  for (const node of nodes) announce(1, `libpod-${id}`, node);
  return made;
}

test('a container that is asked for by name is waited for until it has one', () => {
  expect(decisions(['web'], ['', 'web'])).toEqual(['unnamed', 'trace']);
  expect(decisions(['db'], ['', 'web'])).toEqual(['unnamed', 'ignore']);
  expect(decisions([], ['web'])).toEqual(['trace']);
});

test('a container that shares the host’s name is not announced with every connection', () => {
  expect(decisions([], ['', '', ''])).toEqual(['unnamed', 'unnamed', 'trace']);
  expect(decisions(['web'], ['', '', ''])).toEqual(['unnamed', 'unnamed', 'ignore']);
});

test.each<['containers' | 'host', readonly string[], readonly string[]]>([
  ['containers', [], ['ignore', 'trace']],
  ['host', [], ['trace', 'trace']],
  ['host', ['ssh*'], ['trace', 'ignore']],
  ['containers', ['ssh*'], ['ignore', 'ignore']],
])('of the scope `%s` and the groups %j are a process of the host and a container: %j', (scope, cgroups, expected) => {
  const { made, announce } = openGroups({ scope, cgroups });
  announce(1, 'sshd.service');
  announce(2, `libpod-${id}`, 'web');
  expect(made).toEqual(expected);
});

test('a container that the list names needs no host name, and its processes bear what the list says', () => {
  const { groups, made, announce } = openGroups({ scope: 'containers', cgroups: [] });
  announce(1, `libpod-${id}`);
  groups.renamed(new Map([[id, { id, name: 'web', image: null, service: null }]]));
  expect(made).toEqual(['unnamed', 'trace']);
  expect(groups.find(groupOf(1))).toMatchObject({ container: { id, name: 'web' }, isWanted: true });
  expect(groups.find(groupOf(2))).toEqual({ container: null, isWanted: true });
});

test('of more cgroups than are remembered the one that was not used for longest is announced again', () => {
  const { groups, forgotten, announce } = openGroups({ scope: 'host', cgroups: [] });
  for (let number = 0; number < 6_000; number++) announce(number, 'a.service');
  groups.find(groupOf(0));
  expect(forgotten).toEqual([]);
  announce(6_000, 'a.service');
  announce(6_001, 'a.service');
  expect(forgotten).toEqual([1n, 2n]);
});
