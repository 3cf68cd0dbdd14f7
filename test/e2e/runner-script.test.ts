/** Scripts and the zx that they are given: what their commands read, and where those run that another is piped into. */
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

const scripted = (body: string, more = ''): Promise<Project> =>
  createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  work: { script: work.ts${more} }\n`,
    'work.ts': `import { defineTask } from 'zx-tasks';
export const run = defineTask(async ({ $, log, undoOnFailure }) => {
  const show = async (what) => log(\`[\${(await what).stdout.trimEnd()}]\`);
  ${body}
});
`,
  });

const reading = `await show($\`cat\`.quiet());
  await show($({ input: 'given', quiet: true })\`cat\`);
  await show($({ input: '', quiet: true })\`cat\`);
  await show($\`echo a; sleep 0.1; echo b\`.pipe\`tr ab cd\`.quiet());`;

test('a command of a script reads what it is given, and else nothing', async () => {
  await using project = await scripted(`${reading}
  await show($\`echo a; sleep 0.1; echo b\`.pipe($\`tr ab ef\`.quiet()));`);
  const { stdout } = await project.run('work');
  expect(stdout).toBe('▸ work\n[]\n[given]\n[]\n[c\nd]\n[e\nf]\n✔ work <time>\n');
});

test("in an interactive script it reads the caller's stdin where it is given nothing", async () => {
  await using project = await scripted(reading, ', interactive: true');
  const { stdout } = await project.run('work', { input: 'typed' });
  expect(stdout).toBe('▸ work\n[typed]\n[given]\n[]\n[c\nd]\n✔ work <time>\n');
});

test('a command that ends before it has read all that it is given is no error', async () => {
  await using project = await scripted(
    "await show($({ input: 'x'.repeat(1_000_000) })`true`); await show($`seq 1000000`.quiet().pipe`head -1`.quiet());",
  );
  expect(await project.run('work')).toEqual({ exit: 0, stdout: '▸ work\n[]\n[1]\n✔ work <time>\n', stderr: '' });
});

test("what a command is piped into has the task's environment and folder, and its output is the task's", async () => {
  await using project = await scripted(
    'undoOnFailure(async () => { await $`echo undone`.pipe`cat > undone`; }); await $`echo piped`.pipe`cat; echo $NAME; pwd; exit 3`;',
    ', env: { NAME: Ann }, cwd: sub',
  );
  await project.write('sub/.keep', '');
  const { stdout } = await project.run('work', { cwd: 'bin' });
  expect(stdout).toContain('▸ work\npiped\nAnn\n<project>/sub\n');
  expect(await project.read('sub/undone')).toBe('undone\n');
});

test('what a command is piped into ends with the run', async () => {
  await using project = await scripted('await $`echo piped`.pipe`cat; exec slow`;');
  const slow = await project.driven('slow');
  const running = project.start('work');
  const invocation = await slow.started();
  running.child.kill('SIGKILL');
  await invocation.isGone;
});
