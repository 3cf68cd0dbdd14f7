/** What is refused, what is skipped, and what a machine must have first. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const policy = {
  'tasks.config.yaml': `version: 1
policy:
  - on: darwin
    forbid: host
    tasks: ['bpf:*']
    because: eBPF is for Linux
    instead: tasks build
tasks:
  build: { run: echo built }
  bpf:build: { container: box, run: echo inside }
  bpf:bare: { run: echo bare }
  both: { needs: [build, bpf:bare] }
`,
};
const asMac = { env: { TASKS_PLATFORM: 'darwin-arm64' } };

test('`--host` is refused where the policy forbids it, with the reason and the command to run instead', async () => {
  await using project = await createProject(policy);
  expect(await project.run('bpf:build --host', asMac)).toEqual({
    exit: 2,
    stdout: '',
    stderr: `error: task \`bpf:build\` may not run on this host with \`--host\` (darwin): eBPF is for Linux
hint: run \`tasks build\` instead
`,
  });
});

test('a task without a container is refused there too, and nothing else of the plan runs', async () => {
  await using project = await createProject(policy);
  expect(await project.run('both', asMac)).toEqual({
    exit: 2,
    stdout: '',
    stderr:
      'error: task `bpf:bare` may not run on this host (darwin): eBPF is for Linux\nhint: run `tasks build` instead\n',
  });
});

test('where the policy does not apply, `--host` runs the task here', async () => {
  await using project = await createProject(policy);
  const linux = { env: { TASKS_PLATFORM: 'linux-x64' } };
  const { exit, stdout } = await project.run('bpf:build --host', linux);
  expect({ exit, last: stdout.split('\n').slice(-4) }).toEqual({
    exit: 0,
    last: ['▸ bpf:build', 'inside', '✔ bpf:build <time>', ''],
  });
});

test('a task for another platform is skipped, and counts as done for what needs it', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  mac: { platforms: [darwin], run: echo mac }
  arm: { platforms: [darwin-arm64, linux-arm64], run: echo arm }
  all: { needs: [mac, arm], run: echo all }
`,
  });
  const on = (platform: string) => project.run('all --jobs=1', { env: { TASKS_PLATFORM: platform } });
  expect((await on('plan9-mips')).stdout).toBe(`judging as if this were plan9-mips (TASKS_PLATFORM)
– mac skipped: it is for darwin, and this is plan9-mips
– arm skipped: it is for darwin-arm64, linux-arm64, and this is plan9-mips
▸ all
all
✔ all <time>
ok: 1 done, 2 skipped, <time>
`);
  expect((await on('darwin-arm64')).stdout).toContain('▸ mac\nmac\n✔ mac <time>\n▸ arm\narm\n');
});

const requiring = {
  'tasks.config.yaml': `version: 1
checks:
  gadget: { id: GA001, script: check.ts }
tasks:
  prepare: { run: echo prepared }
  use: { needs: [prepare], requires: [gadget], run: echo used }
  get-gadget: { run: touch gadget, hidden: true }
`,
  'check.ts': `import type { Check } from 'zx-tasks';
export const checks: readonly Check[] = [{
  id: 'GA001', name: 'gadget', question: 'is there a gadget?', group: 'tools',
  run: async (probe) => (await probe.exists('gadget'))
    ? { outcome: 'pass', summary: 'a gadget' }
    : { outcome: 'fail', summary: 'no gadget', cause: 'nobody made it', fixes: [{ about: 'make it', task: 'get-gadget' }] },
}];
`,
};

test('a task whose required check fails is not started and gives 4, with the cause and the fix', async () => {
  await using project = await createProject(requiring);
  expect(await project.run('use')).toEqual({
    exit: 4,
    stdout: `▸ prepare
prepared
✔ prepare <time>
▸ use
✖ use failed after <time>: this machine is not ready: GA001 no gadget
  ✖ GA001 no gadget
      why: nobody made it
      fix: npx tasks get-gadget
failed: \`use\` (exit code 4); 1 done, <time>
`,
    stderr: '',
  });
});

test('`--fix` mends before the first task, checks again, and then runs', async () => {
  await using project = await createProject(requiring);
  expect(await project.run('use --fix')).toEqual({
    exit: 0,
    stdout: `fix GA001 (no gadget): make it
  $ npx tasks get-gadget
▸ get-gadget
✔ get-gadget <time>
▸ prepare
prepared
✔ prepare <time>
▸ use
used
✔ use <time>
ok: 3 done, <time>
`,
    stderr: '',
  });
});

test('`--fix` that does not help starts nothing and gives 4', async () => {
  await using project = await createProject(requiring);
  await project.write('tasks.config.yaml', requiring['tasks.config.yaml'].replace('touch gadget', 'echo no luck'));
  const { exit, stdout } = await project.run('use --fix');
  expect(exit).toBe(4);
  expect(stdout).not.toContain('prepare');
  expect(stdout).toContain('✖ GA001 no gadget\n');
});
