/** A task that prints without end: signals are heard at once, and no more is held in memory than can be shown. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { apart } from '../helpers/apart.ts';
import { normalise } from '../helpers/normalise.ts';
import { childrenOf } from '../helpers/processes.ts';
import { cli, createProject, type Project } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });
const floodMs = 5_000;
const mostKilobytes = 120_000;
/** What may still be in the pipes: to the runner, and from there to us. */
const mostLinesAfterwards = 300_000;

test.each(['plain', 'prefixed', 'json', 'github'])(
  'Ctrl-C ends a flood before it goes on, and memory is bounded: `--output=%s`',
  async (output) => {
    await using project = await createProject(config('  flood: { run: yes }\n'));
    const flood = startFlood(project, `flood --output=${output}`);
    await sleep(floodMs);
    expect(peakKilobytes(flood.pid)).toBeLessThan(mostKilobytes);
    const linesBefore = flood.lines();
    flood.signal();
    const { exit, stdout } = await flood.result;
    expect(exit).toBe(130);
    expect(stdout).toContain('SIGINT');
    expect(flood.lines() - linesBefore).toBeLessThan(mostLinesAfterwards);
  },
);

test('a second signal kills a flood that ignores the first', async () => {
  await using project = await createProject(config('  flood: { run: "trap \'\' INT TERM; yes" }\n'));
  const flood = startFlood(project, 'flood');
  await expect.poll(flood.lines, { timeout: 20_000 }).toBeGreaterThan(0);
  await sleep(1_000);
  flood.signal();
  await expect.poll(flood.hasSaidSignal, { timeout: 20_000 }).toBe(true);
  await apart();
  const linesBefore = flood.lines();
  flood.signal();
  const { exit, stdout } = await flood.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('SIGINT: killing\n');
  expect(flood.lines() - linesBefore).toBeLessThan(mostLinesAfterwards);
});

test('Ctrl-C ends the flood of a script', async () => {
  await using project = await createProject({
    ...config('  flood: { script: flood.ts }\n'),
    'flood.ts': 'export const run = async ({ $ }) => { await $`yes`; };\n',
  });
  const flood = startFlood(project, 'flood');
  await sleep(floodMs);
  const linesBefore = flood.lines();
  flood.signal();
  expect((await flood.result).exit).toBe(130);
  expect(flood.lines() - linesBefore).toBeLessThan(mostLinesAfterwards);
});

test('the live list holds no more of a flood than it shows', async () => {
  await using project = await createProject(config('  flood: { run: \'echo "runner is $PPID."; sleep 1; yes\' }\n'));
  const terminal = openTerminal(project, 'flood');
  await terminal.shows('runner is');
  const pid = Number(/runner is (\d+)\./.exec(terminal.screen())?.[1]);
  await sleep(1_000 + floodMs);
  expect(peakKilobytes(pid)).toBeLessThan(mostKilobytes + 20_000);
  terminal.type('\u0003');
  expect(await terminal.exit).toBe(130);
  expect(terminal.screen()).toContain('interrupted: 0 done');
});

test('a reader that does not read keeps no task from ending, and is told how much was left out', async () => {
  await using project = await createProject(config('  flood: { run: yes $(seq 1000) }\n'));
  const child = spawn(process.execPath, [...cli('flood')], {
    cwd: project.folder,
    env: project.env(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await sleep(floodMs);
  const pid = child.pid ?? 0;
  expect(childrenOf(pid).length).toBeGreaterThan(0);
  expect(peakKilobytes(pid)).toBeLessThan(mostKilobytes);
  child.kill('SIGINT');
  await expect.poll(() => childrenOf(pid), { timeout: 20_000 }).toEqual([]);
  expect(normalise(await text(child.stdout), project.folder)).toMatch(
    /\nSIGINT: [^\n]*\n\(\d+ lines are left out, because the run was ending and nobody read them\)\n– flood stopped: interrupted\ninterrupted: [^\n]*\n$/,
  );
  expect(await project.read('.tasks/logs/flood.log')).toMatch(/\n\(\d+ lines are left out, .*\n$/);
});

test('all of an output that comes faster than it can be shown is shown, in its order, and kept in the log', async () => {
  await using project = await createProject(config("  count: { run: 'seq 300000; echo the end >&2' }\n"));
  const { stdout } = await project.run('count');
  const numbers = stdout.split('\n').filter((line) => /^\d+$/.test(line));
  expect(numbers.length).toBe(300_000);
  expect(numbers.every((line, index) => line === String(index + 1))).toBe(true);
  expect((await project.read('.tasks/logs/count.log')).split('\n').length).toBe(300_002);
});

const printsAndExits = {
  'tasks.config.yaml': 'version: 1\ntasks: { work: { script: work.ts } }\n',
  'work.ts': `import { writeFileSync } from 'node:fs';
const lines = (from) => Array.from({ length: 4000 }, (_, at) => 'line ' + (from + at) + '-'.repeat(60)).join('\\n');
export const run = async () => {
  console.log(lines(0));
  await new Promise((resolve) => setTimeout(resolve, 100));
  console.log(lines(4000));
  console.log(lines(8000));
  writeFileSync('printed', '');
  process.exit(3);
};
`,
};

async function printToNobody(project: Project, output: string) {
  const [command = '', ...args] = [process.execPath, ...cli(`work --output=${output}`)];
  const child = spawn(command, args, { cwd: project.folder, env: project.env(), stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await expect.poll(() => existsSync(join(project.folder, 'printed')), { timeout: 20_000 }).toBe(true);
  return child;
}

test.each(['plain', 'json', 'github'])(
  'what a script printed before it ends the program is shown, also to a reader that takes its time: `--output=%s`',
  async (output) => {
    await using project = await createProject(printsAndExits);
    const child = await printToNobody(project, output);
    const [shown, [exit]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect([...shown.matchAll(/line (\d+)-/g)].map(([, number]) => Number(number))).toEqual([...Array(12_000).keys()]);
    expect(exit).toBe(3);
    if (output === 'json') expect(JSON.parse(shown.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ exit: 3 });
  },
);

test('Ctrl-C ends a program that waits for its reader at its end', async () => {
  await using project = await createProject(printsAndExits);
  const child = await printToNobody(project, 'plain');
  const interrupt = setInterval(() => child.kill('SIGINT'), 200);
  const [, signal] = await once(child, 'exit');
  clearInterval(interrupt);
  expect(signal).toBe('SIGINT');
});

function startFlood(project: Project, words: string) {
  const { child, pid, result } = project.start(words);
  let lines = 0;
  let hasSaidSignal = false;
  child.stdout?.on('data', (text: string) => {
    lines += text.split('\n').length - 1;
    hasSaidSignal ||= /^SIGINT: /m.test(text);
  });
  return { pid, result, lines: () => lines, hasSaidSignal: () => hasSaidSignal, signal: () => child.kill('SIGINT') };
}

/** The most that a process has ever had in memory. */
function peakKilobytes(pid: number): number {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}
