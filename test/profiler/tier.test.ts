/** Which tiers are tried on which kernel, and when one is believed. */
import { expect, test } from 'vitest';
import * as layout from '../../container/profiler/src/layout.ts';
import { attachesTrampolinesOnce, interruptsOf } from '../../container/profiler/src/machine.ts';
import { countUnseen, explainTier, hasFired, inOrder, TIERS, tiersToTry } from '../../container/profiler/src/tier.ts';

test.each(TIERS.map((tier) => [tier.tier, tier] as const))(
  'tier %s is believed only when each of its hooks has fired',
  (_, tier) => {
    const moved = ['unix', 'ipv4', 'ipv6'] as const;
    const all: readonly number[] = Object.values(layout.hook).slice(0, -1);
    expect(hasFired(tier, moved, (place) => all.includes(place))).toBe(true);
    const needed = all.filter((silent) => !hasFired(tier, moved, (place) => place !== silent));
    expect(needed).toHaveLength({ A: 1, B: 2, C: 8, D: 2 }[tier.tier]);
  },
);

test.each([
  ['6.12.118+deb13-cloud-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.12.118-1', 'quiet', ['B', 'C', 'A']],
  ['5.15.0-1-lowlatency', '#1 SMP PREEMPT Tue Nov 3', '', ['B', 'A', 'C']],
  ['6.1.0-56-rt-amd64', '#1 SMP PREEMPT_RT Debian 6.1.192-2', '', ['B', 'A', 'C']],
  ['6.1.0-56-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2', 'root=/dev/sda1 preempt=full quiet', ['B', 'A', 'C']],
  ['6.1.0-56-amd64', '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2', 'nopreempt=full preempt=voluntary', ['B', 'C', 'A']],
  ['7.0.0-rc1', '#1 SMP PREEMPT_DYNAMIC', '', ['D', 'B', 'C', 'A']],
  ['6.1.57-android14-11-gabc', '#1 SMP PREEMPT Thu Jan 4', '', ['B', 'A', 'C']],
  ['5.14.0-503.el9.x86_64', '#1 SMP PREEMPT_DYNAMIC Thu Nov 7', '', ['B', 'C', 'A']],
  ['10.2.0', '#1 SMP', '', ['D', 'B', 'C', 'A']],
] as const)('on %s, %s, with `%s`, the tiers are tried in the order %j', (release, version, commandLine, order) => {
  const tiers = tiersToTry(interruptsOf(release, version, commandLine, ''));
  expect(tiers.map(({ tier }) => tier)).toEqual(order);
});

test.each([
  ['5.10.0-46-cloud-amd64', true],
  ['5.12.19', true],
  ['4.18.0-553.el8_10.x86_64', true],
  ['5.13.0', false],
  ['6.1.0-56-amd64', false],
])('on %s a trampoline is attached only once: %s', (release, isOnce) => {
  expect(attachesTrampolinesOnce(release)).toBe(isOnce);
});

const full = '# CONFIG_PREEMPT_NONE is not set\nCONFIG_PREEMPT=y\nCONFIG_PREEMPT_DYNAMIC=y\n';
const voluntary =
  'CONFIG_PREEMPT_VOLUNTARY=y\n# CONFIG_PREEMPT is not set\nCONFIG_PREEMPT_RCU=y\nCONFIG_PREEMPT_DYNAMIC=y\n';

test.each([
  ['is full', full, 'quiet', true],
  ['is full, and which was told otherwise', full, 'preempt=voluntary', false],
  ['is full, and which was told twice', full, 'preempt=none preempt=full', true],
  ['is not', voluntary, 'quiet', false],
  ['is not, and which was told otherwise', voluntary, 'preempt=full', true],
])('a kernel that chooses when it boots, whose default %s', (_, configuration, commandLine, trampolines) => {
  const version = '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2';
  expect(interruptsOf('6.1.0', version, commandLine, configuration)).toEqual({ tracepoints: false, trampolines });
});

test('a tier in whose middle other threads run says so, and the others do not', () => {
  const said = TIERS.filter((tier) =>
    explainTier(tier, [], { tracepoints: false, trampolines: true }).unseen.some((each) => each.includes('one thread')),
  );
  expect(said.map(({ tier }) => tier)).toEqual(['C']);
});

test('ends of connections are attached first, and last what tells the calls that a kprobe has missed', () => {
  const names = ['hp_kp_recv_on', 'hp_kp_recv', 'hp_state', 'hp_kp_send_on', 'hp_state_too', 'hp_kp_send'];
  const order = ['hp_state', 'hp_state_too', 'hp_kp_recv', 'hp_kp_send', 'hp_kp_recv_on', 'hp_kp_send_on'];
  expect(inOrder(names.map((name) => ({ name }))).map(({ name }) => name)).toEqual(order);
});

test('what programs miss is lost unless another one has told it, each kind on its own', () => {
  const missed = { hp_state: 9, hp_state_too: 4, hp_kp_recv: 5, hp_kp_send: 7, hp_kp_recv_on: 2, hp_kp_send_on: 1 };
  expect(countUnseen(missed, { caught: 12, caughtState: 9 })).toBe(0);
  expect(countUnseen(missed, { caught: 10, caughtState: 9 })).toBe(2);
  expect(countUnseen(missed, { caught: 12, caughtState: 6 })).toBe(3);
  expect(countUnseen(missed, { caught: 20, caughtState: 6 })).toBe(3);
  expect(countUnseen({ hp_state: 1, hp_state_too: 1, hp_recv: 2, hp_send: 3 }, { caught: 0, caughtState: 1 })).toBe(5);
  expect(countUnseen({ hp_state: 0, hp_state_too: 0, hp_sys_exit: 0 }, {})).toBe(0);
});

test('a family that a machine does not have is not waited for', () => {
  const trampolines = TIERS.find(({ kind }) => kind === 'trampolines');
  const { hookReceive6, hookSend6 } = layout.hook;
  const isHit = (place: number): boolean => place !== hookReceive6 && place !== hookSend6;
  expect(trampolines && hasFired(trampolines, ['unix', 'ipv4'], isHit)).toBe(true);
  expect(trampolines && hasFired(trampolines, ['unix', 'ipv4', 'ipv6'], isHit)).toBe(false);
});
