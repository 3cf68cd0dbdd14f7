/** Is anything of an earlier or another stack in the way? */
import type { CheckResult, Engine, Probe } from 'zx-tasks';
import { findProject } from '../lib/containers.ts';
import { documented } from '../lib/docs.ts';
import { findNamesake, type Namesake } from '../lib/namesakes.ts';
import { stopIn } from '../lib/shell-word.ts';
import { network, services } from '../lib/stack.ts';
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
  const namesake = await findNamesake(services, { run: probe.run, engine, ours: all });
  if (namesake !== undefined) return ofNobody(namesake);
  if (all.length > 0) return { outcome: 'pass', summary: 'the stack is running' };
  const inspected = await probe.run([...engine.command, 'network', 'inspect', network], { timeoutMs: 5_000 });
  return inspected.code === 0
    ? left(`the network ${network}`)
    : { outcome: 'pass', summary: 'no container or network of the stack' };
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

function ofNobody({ summary, rename }: Namesake): CheckResult {
  return {
    outcome: 'warn',
    summary,
    cause: 'a container of the stack needs that name',
    fixes: [{ about: 'give it another one', command: rename, byHand: true }],
  };
}
