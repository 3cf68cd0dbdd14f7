/** What only has the name of one of the stack's containers: it is named, and never touched. */
import { type Context, type Engine, type Ran, TaskFailure } from 'zx-tasks';
import type { Container } from './containers.ts';
import { engineCommand } from './shell-word.ts';
import { containerNames, type Service } from './stack.ts';

export type Namesake = { readonly summary: string; readonly rename: string };

type Tools = {
  readonly run: (command: readonly string[], options: { readonly timeoutMs: number }) => Promise<Ran>;
  readonly engine: Engine;
  /** The stack's own containers. */
  readonly ours: readonly Container[];
};

/** A container that is called as that of one of some services, and is none. */
export async function findNamesake(services: readonly Service[], tools: Tools): Promise<Namesake | undefined> {
  const { run, engine, ours } = tools;
  const command = [...engine.command, 'ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.Names}}'];
  const rows = (await run(command, { timeoutMs: 5_000 })).stdout.split('\n').map((row) => row.split(' '));
  const names = rows.flatMap(([id, name = '']) => (ours.some((each) => each.id === id) ? [] : name));
  const name = services.map((service) => containerNames[service]).find((each) => names.includes(each));
  if (name === undefined) return undefined;
  const summary = `a container that is not of the stack is called \`${name}\``;
  return { summary, rename: engineCommand(engine, 'rename', name, `other-${name}`) };
}

/** podman-compose 1.0.3 takes it for the stack's, and starts it. */
export async function refuseNamesake(
  context: Context,
  services: readonly Service[],
  own: Omit<Tools, 'run'>,
): Promise<void> {
  const found = await findNamesake(services, { ...own, run: context.run });
  if (found === undefined) return;
  throw new TaskFailure(`${found.summary}, and the stack needs that name`, { remedy: found.rename });
}
