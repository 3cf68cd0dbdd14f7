/** Is anything of an earlier or another stack in the way? */
import type { CheckResult, Engine, Probe } from 'zx-tasks';
import { type Container, findProject } from '../lib/containers.ts';
import { documented } from '../lib/docs.ts';
import { stopIn } from '../lib/shell-word.ts';
import { containerNames, network } from '../lib/stack.ts';
import { withEngine } from '../lib/subjects.ts';

export const checks = documented([
  {
    id: 'ST001',
    name: 'leftovers',
    question: 'is nothing left over from an earlier run?',
    group: 'project',
    needs: ['EN002'],
    timeoutMs: 20_000,
    about:
      'An interrupted run leaves stopped containers and an empty network behind. Those of another checkout are named and never touched, and so is a container that only has the name of one.',
    fix: '`npx tasks down`, here or there; renaming what has the name of one',
    run: withEngine(nothingIsLeft),
  },
]);

async function nothingIsLeft(probe: Probe, engine: Engine): Promise<CheckResult> {
  const { containers: all, abandoned } = await findProject(probe.run, engine);
  const foreign = all.find((each) => each.root !== undefined && each.root !== probe.root);
  if (foreign?.root !== undefined) return ofAnother(foreign.name, foreign.root);
  const ended = all.filter((each) => each.state !== 'running');
  if (ended.length > 0)
    return left(ended.map((each) => `${each.name} (${each.state}, code ${each.exitCode})`).join(', '));
  if (abandoned.length > 0) return left(`${abandoned.map(({ name }) => name).join(', ')}, of an interrupted check`);
  const taken = await namesakeOf(probe, engine, all);
  if (taken !== undefined) return ofNobody(engine, taken);
  if (all.length > 0) return { outcome: 'pass', summary: 'the stack is running' };
  const inspected = await probe.run([...engine.command, 'network', 'inspect', network], { timeoutMs: 5_000 });
  return inspected.code === 0
    ? left(`the network ${network}`)
    : { outcome: 'pass', summary: 'no container or network of the stack' };
}

/** The name of a container that is called as one of ours, and is none. */
async function namesakeOf(probe: Probe, engine: Engine, ours: readonly Container[]): Promise<string | undefined> {
  const command = [...engine.command, 'ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.Names}}'];
  const rows = (await probe.run(command, { timeoutMs: 5_000 })).stdout.split('\n').map((row) => row.split(' '));
  const names = rows.flatMap(([id, name = '']) => (ours.some((each) => each.id === id) ? [] : name));
  return Object.values(containerNames).find((name) => names.includes(name));
}

function left(what: string): CheckResult {
  return {
    outcome: 'warn',
    summary: `left over: ${what}`,
    cause: 'an earlier run was interrupted, or a container ended by itself',
    fixes: [{ about: 'remove it; images and traces stay', task: 'down' }],
  };
}

function ofAnother(name: string, root: string): CheckResult {
  return {
    outcome: 'warn',
    summary: `\`${name}\` belongs to ${root}`,
    cause: 'only one stack can run on a machine, and another checkout has started it',
    fixes: [{ about: 'stop that one', command: stopIn(root), byHand: true }],
  };
}

function ofNobody({ command }: Engine, name: string): CheckResult {
  return {
    outcome: 'warn',
    summary: `a container that is not of the stack is called \`${name}\``,
    cause: 'a container of the stack needs that name',
    fixes: [
      { about: 'give it another one', command: `${command.join(' ')} rename ${name} other-${name}`, byHand: true },
    ],
  };
}
