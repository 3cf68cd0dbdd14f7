/** How will the probe look on this kernel? The profiler chooses when it loads, and says so; before, the kernel's types tell. */
import type { CheckResult, Probe } from 'zx-tasks';
import { interruptsOf } from '../../container/profiler/src/machine.ts';
import type { Status } from '../../container/profiler/src/status.ts';
import { type TierName, tiersToTry } from '../../container/profiler/src/tier.ts';
import { findContainers } from '../lib/containers.ts';
import { documented } from '../lib/docs.ts';
import { parseProfilerState } from '../lib/profiler-state.ts';
import { statusPath } from '../lib/stack.ts';

export const checks = documented([
  {
    id: 'KN006',
    name: 'kernel-hooks',
    question: 'which hooks does the kernel offer to the probe?',
    group: 'kernel',
    needs: ['KN001'],
    about:
      'The probe uses the cheapest tier that the kernel offers and that works: B, tracepoints of the socket layer (Linux 6.3); D, kprobes in front of them (Linux 7.0, where threads interrupt the programs of tracepoints); C, trampolines on the socket functions; A, the end of every system call. The check shows what the running profiler chose, or else what it would try first.',
    fix: 'a kernel of the distribution, 5.10 or newer',
    run: hasHook,
  },
]);

const socketLayer = ['sock_recv_length', 'sock_send_length'];
const hooksOf = {
  A: 'sys_exit',
  B: socketLayer.join(', '),
  C: 'fexit on the socket functions',
  D: `kprobes in front of ${socketLayer.join(', ')}`,
};
const always = ['sys_exit', 'inet_sock_set_state'];

async function hasHook(probe: Probe): Promise<CheckResult> {
  const told = await readProfiler(probe);
  if (told !== undefined && (await isOfNow(probe, told))) return judge(told);
  if (probe.platform.os !== 'linux')
    return { outcome: 'skip', summary: 'the machine’s kernel is not examined; a running profiler says which it uses' };
  const types = await probe.read('/sys/kernel/btf/vmlinux');
  if (types === undefined)
    return { outcome: 'could-not-check', summary: 'unknown', cause: 'the kernel’s types cannot be read' };
  const has = (name: string): boolean => types.includes(`btf_trace_${name}\0`);
  const lacking = always.filter((name) => !has(name));
  if (lacking.length > 0) return noHook(lacking);
  const [first, ...others] = await orderOf(probe, socketLayer.every(has));
  const then = others.map((tier) => `, then ${tier}`).join('');
  const lacks = socketLayer.every(has) ? '' : `no ${socketLayer.join(', ')}: `;
  const summary = first === undefined ? lacks : `${lacks}tier ${first} is tried first (${hooksOf[first]})${then}`;
  return { outcome: 'pass', summary };
}

/** The tiers that the kernel can have, in the order in which the profiler tries them. */
async function orderOf(probe: Probe, hasSocketLayer: boolean): Promise<readonly TierName[]> {
  const [release, version, commandLine] = await Promise.all([
    probe.read('/proc/sys/kernel/osrelease'),
    probe.read('/proc/sys/kernel/version'),
    probe.read('/proc/cmdline'),
  ]);
  const shows = await probe.exists('/proc/config.gz');
  const configuration = shows ? (await probe.ask(['gzip', '-dc', '/proc/config.gz'])).stdout : '';
  const tiers = tiersToTry(interruptsOf(release ?? '', version ?? '', commandLine ?? '', configuration));
  return tiers.map(({ tier }) => tier).filter((tier) => hasSocketLayer || (tier !== 'B' && tier !== 'D'));
}

/** What the profiler said last, if it was about the kernel that runs now. */
async function readProfiler(probe: Probe): Promise<Status | undefined> {
  const told = parseProfilerState(await probe.read(statusPath));
  if (told === undefined || probe.platform.os !== 'linux') return told;
  const running = await probe.read('/proc/sys/kernel/osrelease');
  return told.kernel === running?.trim() ? told : undefined;
}

/** One that was killed leaves its last words behind, which may be of long ago. One that failed has ended, and said why. */
async function isOfNow(probe: Probe, { state }: Status): Promise<boolean> {
  if (state === 'failed') return true;
  const engine = await probe.engine();
  if (engine === undefined) return false;
  const containers = await findContainers(probe.ask, engine);
  return containers.some((each) => each.service === 'profiler' && each.state === 'running' && each.root === probe.root);
}

function judge({ state, tier, hooks, kernel, why }: Status): CheckResult {
  if (tier !== null)
    return { outcome: 'pass', summary: `the profiler uses tier ${tier} (${hooks.join(', ')}): ${why}` };
  return {
    outcome: 'warn',
    summary: `the profiler ${state} on ${kernel}`,
    cause: why,
    fixes: [{ about: 'start it again after fixing that', command: 'npx tasks up', byHand: true }],
  };
}

function noHook(lacking: readonly string[]): CheckResult {
  return {
    outcome: 'fail',
    summary: `the kernel has no ${lacking.join(' and no ')}`,
    cause: 'every tier of the probe needs these tracepoints, which only unusual kernel configurations leave out',
    fixes: [{ about: 'boot a kernel of the distribution, 5.10 or newer', command: 'uname -r', byHand: true }],
  };
}
