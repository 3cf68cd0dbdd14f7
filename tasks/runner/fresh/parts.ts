import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { attempt } from '../attempt.ts';
import { environmentOf } from '../environment.ts';
import type { Tracked } from '../plan/track.ts';
import type { PlannedTask } from '../plan.ts';
import { makeRunner } from '../process/capture.ts';
import type { Session } from '../session.ts';
import { digestOfStream, digestOfText } from '../text/digest.ts';
import { versionIn } from '../text/version-in.ts';

/** One thing besides files on which a task's result depends. Only its digest is kept, so that no value can leak. */
export type Part = {
  readonly kind: keyof typeof subjects;
  readonly name: string;
  readonly digest: string;
  /** What may be shown of it. */
  readonly shown?: string;
};

const subjects = {
  command: () => 'the command',
  finally: () => 'its `finally`',
  script: (name: string) => `the script \`${name}\``,
  words: () => 'the words after the task',
  param: (name: string) => `param \`${name}\``,
  env: (name: string) => `\`env\` \`${name}\``,
  variable: (name: string) => `variable \`${name}\``,
  tool: (name: string) => `tool \`${name}\``,
  image: (name: string) => `the image \`${name}\``,
  output: (name: string) => `the output of \`${name}\``,
  place: () => 'the place where it runs',
  folder: () => 'its folder',
  platform: () => 'the platform',
  globs: (name: string) => `\`${name}\` in the config`,
};

/** How a message calls a part. */
export function subjectOf({ kind, name }: Pick<Part, 'kind' | 'name'>): string {
  return subjects[kind](name);
}

type Asked = {
  readonly parts: readonly Part[];
  /** Why some part cannot be known, so that nothing can be said about the task. */
  readonly problems: readonly string[];
};

/** All parts of a task. Without `mayStart` no command is run, and its parts are those of the last run. */
export async function askParts(
  session: Session,
  task: PlannedTask,
  tracked: Tracked,
  options: { readonly mayStart: boolean; readonly last: readonly Part[] },
): Promise<Asked> {
  const still = staticParts(session, task, tracked);
  if (!options.mayStart) {
    const asked = options.last.filter(({ kind }) => kind === 'tool' || kind === 'output' || kind === 'image');
    return { parts: [...still, ...asked], problems: [] };
  }
  const answers = await Promise.all([
    ...tracked.tools.map((tool) => askTool(session, tool)),
    ...tracked.commands.map((command) => askCommand(session, task, command)),
    ...(task.place.kind === 'container' ? [askImage(session, task.place.image)] : []),
  ]);
  const parts = answers.flatMap((answer) => ('problem' in answer ? [] : [answer]));
  const problems = answers.flatMap((answer) => ('problem' in answer ? [answer.problem] : []));
  return { parts: [...still, ...parts], problems };
}

/** Paths are from the root: those are the same in every checkout. */
function staticParts(session: Session, task: PlannedTask, tracked: Tracked): readonly Part[] {
  const { work, finally: lastSteps, params, args, rest, env, place, cwd } = task;
  const { root, host } = session;
  const environment = environmentOf(session, task);
  return [
    ...(work.kind === 'run' ? [part('command', '', work.commands)] : []),
    ...(work.kind === 'script' ? [part('script', relative(root, work.file), digestOfFile(work.file))] : []),
    ...(lastSteps.length > 0 ? [part('finally', '', lastSteps)] : []),
    part('words', '', [args, rest]),
    ...Object.entries(params).map(([name, value]) => part('param', name, value ?? null)),
    ...Object.entries(env).map(([name, value]) => part('env', name, value)),
    ...tracked.variables.map((name) => part('variable', name, environment[name] ?? null)),
    part('place', '', place.kind === 'container' ? place.image : place.kind),
    part('folder', '', relative(root, cwd)),
    part('platform', '', `${host.platform.os}-${host.platform.arch}`),
    part('globs', 'inputs', [tracked.inputs, tracked.commands]),
    part('globs', 'outputs', tracked.outputs),
  ];
}

function digestOfFile(path: string): string | null {
  return attempt(() => hash('sha256', readFileSync(path)), null);
}

function part(kind: Part['kind'], name: string, value: unknown): Part {
  return { kind, name, digest: digestOfText(JSON.stringify(value)) };
}

type Answer = Part | { readonly problem: string };

const boundMs = 30_000;

/** The version that a tool prints; a tool that is not there has none, and the check that is required says so. */
async function askTool(session: Session, { name, command }: Tracked['tools'][number]): Promise<Answer> {
  const { host, table, root, cancel } = session;
  const run = makeRunner({ host, table, cwd: root, signal: () => cancel.signal });
  const { stdout, stderr } = await run(['/bin/sh', '-c', command], { timeoutMs: boundMs });
  const version = versionIn(`${stdout}\n${stderr}`) ?? 'none';
  return { ...part('tool', name, version), shown: version };
}

async function askCommand(session: Session, task: PlannedTask, command: string): Promise<Answer> {
  const { host, table, cancel } = session;
  const surroundings = { ...host, env: environmentOf(session, task) };
  const printed = digestOfStream();
  const run = makeRunner({
    host: surroundings,
    table,
    cwd: task.cwd,
    signal: () => cancel.signal,
    onStdout: printed.push,
  });
  const { code, problem } = await run(['/bin/sh', '-c', command], { timeoutMs: boundMs });
  if (code !== 0) return { problem: `the input \`${command}\` ended with ${code ?? problem ?? 'a signal'}` };
  return { kind: 'output', name: command, digest: printed.end() };
}

/** The image that a name stands for now: built anew, it may hold other tools. */
async function askImage(session: Session, image: string): Promise<Answer> {
  const { host, table, root, cancel } = session;
  const state = await session.engine.ask();
  if (state.state === 'silent') return { problem: `no container engine: ${state.problem}` };
  const run = makeRunner({ host, table, cwd: root, signal: () => cancel.signal });
  const words = [...state.engine.command, 'image', 'inspect', '--format', '{{.Id}}', image];
  const { code, stdout } = await run(words, { timeoutMs: boundMs });
  return code === 0 ? part('image', image, stdout.trim()) : { problem: `there is no image \`${image}\`` };
}
