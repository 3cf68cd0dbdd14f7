/** The ways of looking: which is chosen, and that each sees the same. */
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { hasStructure } from '../../container/profiler/src/kernel-types.ts';
import { hasLegacyCgroups } from '../../container/profiler/src/machine.ts';
import { loadProbe } from '../../container/profiler/src/probe.ts';
import { buildProbe, object } from '../helpers/build-probe.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
const socketLayerIsTraced = 'the socket layer says what moved';

test.each(['A', 'B'])('tier %s sees every request at both ends', async (tier) => {
  await using profiler = await startProfiler({ PROFILER_TIER: tier, PROFILER_ROLE: 'both', PROFILER_PORTS: `${PORT}` });
  const server = createServer((_, response) => response.end('body')).listen(PORT, '127.0.0.1');
  for (let request = 0; request < 20; request++) {
    const response = await fetch(`http://127.0.0.1:${PORT}/${request}`);
    await response.text();
  }
  server.closeAllConnections();
  server.close();
  await profiler.stop();
  const seen = profiler.lines().filter((line) => line.type === 'exchange');
  const targets = Array.from({ length: 20 }, (_, request) => `/${request} 200`);
  for (const role of ['server', 'client']) {
    expect(seen.filter((line) => line.role === role).map((line) => `${line.target} ${line.status}`)).toEqual(targets);
  }
  expect(profiler.text()).toContain(`# tier ${tier}: `);
});

test('the cheapest tier that fires is chosen, and the header says why', async () => {
  await using profiler = await startProfiler({ PROFILER_PORTS: `${PORT}` });
  await profiler.stop();
  const header = profiler.text();
  const isOfSocketLayer = /^# tier [BD]: /m.test(header);
  expect(header).toContain(isOfSocketLayer ? socketLayerIsTraced : 'not B: ');
});

test('where threads interrupt tracepoints, kprobes come first; without them the cheapest tier says what it misses', () => {
  buildProbe();
  const interrupts = { tracepoints: true, trampolines: true };
  const ports = [{ first: PORT, last: PORT }];
  const settings = { object, role: 'both', ports, cgroups: [], tier: undefined, attachesOnce: false } as const;
  const { tier, why, unseen } = loadProbe({ ...settings, hasLegacyCgroups: hasLegacyCgroups(), interrupts }).tier;
  expect(why).toMatch(tier === 'D' ? /^kprobes/ : /; not D: the kernel refused to /);
  expect(unseen.some((each) => each.startsWith('what one thread moves while another'))).toBe(tier !== 'D');
});

test('what the kernel calls its trampolines is found among its types, and what it has not is not', () => {
  expect(['bpf_tramp_image', 'bpf_tramp_imagination'].map(hasStructure)).toEqual([true, false]);
});

test('a tier that does not exist is refused by name', async () => {
  const asked = startProfiler({ PROFILER_TIER: 'E', PROFILER_PORTS: `${PORT}` });
  await expect(asked).rejects.toThrow('PROFILER_TIER: `E` is not `A`, `B`, `C` or `D`');
});

test('a file that is not an object is refused as such, and one that is not there by name', async () => {
  const started = (path: string) => startProfiler({ PROFILER_OBJECT: path, PROFILER_PORTS: `${PORT}` });
  for (const path of [process.execPath, import.meta.filename, '/dev/null'])
    await expect(started(path)).rejects.toThrow(`\`${path}\` is not an object compiled for eBPF`);
  await expect(started(`${object}.not`)).rejects.toThrow('No such file or directory');
});

test.each([
  ['trampolines', 'C', /the kernel refused to (load|attach) the trampoline `hp_fx_\w+` \(`fexit\/\w+`\)/],
  ['kprobes', 'D', /the kernel refused to (load|attach) the program `hp_kp_\w+` \(`(kprobe\.multi|tp_btf)\/\w+`\)/],
])('where the kernel refuses %s, that is what is said, and which of them', async (_, tier, said) => {
  const refusal = await startProfiler({ PROFILER_TIER: tier, PROFILER_PORTS: `${PORT}` }).then(
    (profiler) => profiler[Symbol.asyncDispose](),
    (error: unknown) => String(error),
  );
  if (refusal === undefined) return;
  expect(refusal).toMatch(said);
  expect(refusal).not.toContain('seccomp');
});
