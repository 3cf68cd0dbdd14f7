/** Is anything of an earlier or another stack in the way? */
import type { CheckResult, Engine, Probe } from 'zx-tasks';
import { findProject } from '../lib/containers.ts';
import { documented } from '../lib/docs.ts';
import { network } from '../lib/stack.ts';
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
      'An interrupted run leaves stopped containers and an empty network behind. Those of another checkout are named and never touched.',
    fix: '`npx tasks down`, here or there',
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
    fixes: [{ about: 'stop that one', command: `cd ${root} && npx tasks down`, byHand: true }],
  };
}
