/** Every recorded state of every podman, through the doctor's checks and through `machine-start`. */
import { expect, test } from 'vitest';
import { checks as engine } from '../../tasks/checks/engine.ts';
import { checks as machine } from '../../tasks/checks/machine.ts';
import { run as machineStart } from '../../tasks/scripts/machine-start.ts';
import { probeOf, rootCauses } from '../helpers/probe.ts';
import { ranOf, runScript } from '../helpers/script-context.ts';
import { type Answer, type MachineStateName, SimulatedPodman, states, versions } from '../helpers/simulated-podman.ts';

const name = 'podman-machine-default';
const init = 'podman machine init --rootful --cpus 4 --memory 4096';
const stop = `podman machine stop ${name}`;
const both = `podman machine set --rootful --memory 4096 ${name}`;
const memory = `podman machine set --memory 4096 ${name}`;
const forget =
  'sed -i.bak s/"Starting": *true/"Starting": false/ /home/user/.config/containers/podman/machine/qemu/podman-machine-default.json';
const start = `podman machine start ${name}`;
const endHelper = 'pkill -x gvproxy';

/** State → what the doctor names as the root cause, and what `machine-start` does about it. */
const expected: Record<MachineStateName, readonly [verdict: readonly string[], commands: readonly string[]]> = {
  '1-no-machine': [['PM001 there is no Podman machine'], [init, start]],
  '2-stopped-never-started': [[`PM002 \`${name}\` is stopped`], [both, start]],
  '3-starting': [[`PM002 \`${name}\` is starting`], [stop, both, start]],
  '4-running-rootless': [[`PM003 \`${name}\` is rootless`], [stop, both, start]],
  '5-stopped-rootless': [[`PM002 \`${name}\` is stopped`], [both, start]],
  '6-stopped-rootful': [[`PM002 \`${name}\` is stopped`], [memory, start]],
  '7-running-rootful': [[], []],
  '8-after-failed-start': [[`PM002 \`${name}\` is stopped`], [memory, start]],
  '9-stuck-starting': [[`PM002 \`${name}\` got stuck while it started`], [stop, memory, start]],
};

const cases = versions.flatMap((version) => states.map((state) => [version, state] as const));
const hangs = (version: string, state: string) => version === '4.3.1' && state === '8-after-failed-start';

test.each(cases)('podman %s in the state %s: the doctor names the one root cause', async (version, state) => {
  const podman = new SimulatedPodman(version, state, { bootsAfter: 99 });
  const verdict = await diagnose(podman);
  expect(verdict).toEqual(
    hangs(version, state) ? ['PM001 `podman machine list` did not answer in time'] : expected[state][0],
  );
  expect(podman.changes).toEqual([]);
});

test.each(cases)(
  'podman %s in the state %s: `machine-start` brings it to answer, rootful, with enough memory',
  async (version, state) => {
    const podman = new SimulatedPodman(version, state, { bootsAfter: 5 });
    const { end, lines } = await runOn(podman);
    const isReady = state === '7-running-rootful';
    expect(end).toBe(
      isReady ? `skipped: \`${name}\` is running, rootful, and answers; it has 2048 MiB, 4096 are recommended` : 'done',
    );
    const goesOnStarting = version === '4.3.1' && state === '9-stuck-starting';
    const usual = goesOnStarting ? [stop, forget, memory, start] : expected[state][1];
    expect(podman.changes).toEqual(hangs(version, state) ? [endHelper, ...usual] : usual);
    expect(lines.filter((line) => /^(podman|sed|pkill) /.test(line))).toEqual(podman.changes);
    expect(await diagnose(podman)).toEqual([]);
    expect(await runOn(podman)).toMatchObject({ end: expect.stringContaining('running, rootful, and answers') });
  },
);

test('a podman that goes on hanging is told as such, within bounds', async () => {
  const podman = new SimulatedPodman('4.3.1', '8-after-failed-start');
  const { end, tookMs } = await runScript(machineStart, {
    answer: ([program, ...words]) =>
      program === 'pkill' ? { code: 1, stdout: '', stderr: '' } : podman.answer(words.join(' ')),
  });
  expect(end).toBe(
    'failed 4: `podman machine list` did not answer in time, and nothing that an earlier start left behind is the reason | podman --log-level=debug machine list  # shows what it waits for; a restart of the computer ends that',
  );
  expect(tookMs).toBeLessThan(20_000);
});

test('a podman that serves, but does not list its machine, keeps what it runs', async () => {
  const podman = new SimulatedPodman('4.3.1', '7-running-rootful');
  const called: string[] = [];
  const { end } = await runScript(machineStart, {
    answer: ([program = '', ...words]) => {
      called.push(program);
      return words[1] === 'list' ? 'hangs' : podman.answer(words.join(' '));
    },
  });
  expect(end).toContain('failed 4: `podman machine list` did not answer in time');
  expect(called).not.toContain('pkill');
});

test.each(versions)('podman %s: a machine that runs but whose podman is silent is started anew', async (version) => {
  const podman = new SimulatedPodman(version, '7-running-rootful', { apiIsDown: true });
  expect(await diagnose(podman)).toEqual(['EN002 `podman` does not answer']);
  const { end, tookMs } = await runOn(podman);
  expect(end).toContain(
    `\`${name}\` did not start: \`podman machine start\` succeeded, but Podman did not answer within 180 s`,
  );
  expect(podman.changes).toEqual([stop, memory, start, stop, start]);
  expect(tookMs).toBeLessThan(2 * 180_000 + 60_000);
});

test('a podman that talks to something else than its machine is told so at once, and nothing is started', async () => {
  const podman = new SimulatedPodman('5.8.6', '6-stopped-rootful');
  const connections = [
    { Name: 'build-server', Default: true },
    { Name: `${name}-root`, Default: false },
  ];
  const answer = ([program, ...words]: readonly string[]): Answer =>
    program === 'podman' && words[0] === 'system'
      ? { code: 0, stdout: JSON.stringify(connections), stderr: '' }
      : podman.answer(words.join(' '));
  expect((await runScript(machineStart, { answer })).end).toBe(
    `failed 4: Podman talks to its connection \`build-server\`, not to the machine \`${name}\` | podman system connection default ${name}-root`,
  );
  expect(podman.changes).toEqual([]);
  const chosen = { CONTAINER_CONNECTION: `${name}-root` };
  expect((await runScript(machineStart, { answer, env: chosen })).end).toBe('done');
});

test('an image may take half an hour to come', async () => {
  const podman = new SimulatedPodman('5.8.6', '1-no-machine');
  const limits: (number | undefined)[] = [];
  const { end } = await runScript(machineStart, {
    answer: ([, ...words], limitMs) => {
      if (words[1] === 'init') limits.push(limitMs);
      return podman.answer(words.join(' '));
    },
  });
  expect(end).toBe('done');
  expect(limits).toEqual([3_600_000]);
});

test.each(versions)('podman %s: a start that fails once is tried again', async (version) => {
  const podman = new SimulatedPodman(version, '6-stopped-rootful', { failingStarts: 1 });
  expect((await runOn(podman)).end).toBe('done');
  expect(podman.changes).toEqual([memory, start, ...(version === '4.3.1' ? [endHelper] : []), start]);
});

test.each(versions)('podman %s: a start that goes on failing says why, and what podman printed', async (version) => {
  const podman = new SimulatedPodman(version, '6-stopped-rootful', { failingStarts: 9 });
  const { end, lines } = await runOn(podman);
  expect(end).toContain(`\`${name}\` did not start: `);
  expect(end).toContain('failed to initialize kvm: No such file or directory');
  expect(lines.join('\n')).toContain('Could not access KVM kernel module');
  expect(await diagnose(podman)).toEqual([`PM002 \`${name}\` is stopped`]);
});

test('a boot that never ends counts as cut off, and is started anew', async () => {
  const podman = new SimulatedPodman('5.8.6', '3-starting');
  const { end, lines } = await runOn(podman, { MACHINE_READY_WITHIN: '20' });
  expect(end).toBe('done');
  expect(podman.changes).toEqual([stop, both, start]);
  expect(lines).toContain('  Podman does not answer yet, asked 10 times');
});

test('a podman that hangs, crashes, or is missing is survived', async () => {
  const all = (answer: Parameters<typeof runScript>[1]['answer']) => runScript(machineStart, { answer });
  expect((await all(() => 'hangs')).end).toBe(
    'failed 4: `podman --version` failed: it did not end in time | npx tasks doctor --fix',
  );
  const crashed = { code: 139, stdout: '', stderr: 'Segmentation fault\n' };
  expect((await all(() => crashed)).end).toBe(
    'failed 4: `podman --version` failed: Segmentation fault | npx tasks doctor --fix',
  );
  expect((await all(() => 'not-found')).end).toBe(
    'failed 4: Podman is not installed, and no Docker answers | brew install podman podman-compose',
  );
  const offPath = await all(([program]) =>
    program === '/opt/podman/bin/podman' ? { code: 0, stdout: 'podman version 5.8.6\n', stderr: '' } : 'not-found',
  );
  expect(offPath.end).toBe(
    'failed 4: `podman` is in /opt/podman/bin, which is not on PATH | export PATH="/opt/podman/bin:$PATH"',
  );
  const docker = await all(([program]) =>
    program === 'docker' ? { code: 0, stdout: '28.5.2\n', stderr: '' } : 'not-found',
  );
  expect(docker.end).toBe('skipped: Podman is not installed; Docker is used instead');
});

test('a podman that lies about a success is not believed', async () => {
  const honest = new SimulatedPodman('5.8.6', '6-stopped-rootful');
  const { end } = await runScript(machineStart, {
    answer: ([, ...words]) =>
      words[1] === 'start' ? { code: 0, stdout: 'started successfully\n', stderr: '' } : honest.answer(words.join(' ')),
  });
  expect(end).toContain('succeeded, but Podman did not answer within 180 s');
});

test('a podman that talks to the rootless side of a rootful machine is told so', async () => {
  const podman = new SimulatedPodman('5.8.6', '6-stopped-rootful');
  const { end } = await runScript(machineStart, {
    answer: ([, ...words]) => {
      const given = podman.answer(words.join(' '));
      if (words[0] !== 'info' || given === 'hangs') return given;
      return { ...given, stdout: given.stdout.replace('"rootless": false', '"rootless": true') };
    },
  });
  expect(end).toContain(`podman system connection default ${name}-root`);
});

test('on Linux there is nothing to start', async () => {
  const { end } = await runScript(machineStart, { platform: 'linux', answer: () => 'not-found' });
  expect(end).toBe('skipped: containers run in this machine’s own kernel; no virtual machine is needed');
});

function runOn(podman: SimulatedPodman, env: Record<string, string> = {}) {
  return runScript(machineStart, { env, answer: ([, ...words]) => podman.answer(words.join(' ')) });
}

/** The doctor's own words on this machine: the checks that fail, without those that only follow. */
async function diagnose(podman: SimulatedPodman): Promise<readonly string[]> {
  const run = async (command: readonly string[]) => ranOf(command.join(' '), podman.answer(command.slice(1).join(' ')));
  const info = podman.answer('info --format json');
  const answers = info !== 'hangs' && info.code === 0;
  const probe = {
    ...probeOf({ platform: 'darwin-arm64', programs: ['podman'], ...(answers ? { engine: {} } : {}) }),
    run,
    ask: run,
  };
  return await rootCauses([...engine, ...machine], probe);
}
