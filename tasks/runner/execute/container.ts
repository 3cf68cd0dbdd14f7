import { relative } from 'node:path';
import { exitCodes } from '../errors.ts';
import type { Failure } from '../events.ts';
import type { PlannedTask } from '../plan.ts';
import { makeRunner } from '../process/capture.ts';
import type { Session } from '../session.ts';
import { shellQuote } from '../text/shell/quote.ts';

export type ContainerCommand =
  | {
      readonly state: 'ready';
      readonly command: readonly string[];
      /** For the watcher: removes the container when we no longer can. */
      readonly cleanup: string;
      readonly remove: () => Promise<void>;
    }
  | {
      readonly state: 'unavailable';
      readonly failure: Pick<Required<Failure>, 'message' | 'remedy' | 'exit' | 'reason'>;
    };

/**
 * A task's command inside its container: the project is mounted at the path that it has outside, and files stay the
 * caller's. The container has a name, since killing its client does not end it.
 */
export async function containerCommand(
  session: Session,
  task: PlannedTask,
  image: string,
  command: string,
): Promise<ContainerCommand> {
  const state = await session.engine.ask();
  if (state.state === 'silent') {
    return unavailable(`no container engine: ${state.problem}`, state.remedy);
  }
  const { host, table, root, capture } = session;
  const { engine } = state;
  const name = containerName(host.pid, task.name);
  const present = await capture([...engine.command, 'image', 'inspect', '--format', '{{.Id}}', image], {
    timeoutMs: 10_000,
  });
  if (present.code !== 0) {
    return unavailable(`there is no image \`${image}\``, 'build the image, or start the task with `--host`');
  }
  // A second Ctrl-C, too, ends what runs inside only in this way.
  const { signal } = new AbortController();
  const remove = makeRunner({ host, table, cwd: root, signal: () => signal });
  const removal = [...engine.command, 'rm', '--force', name];
  return {
    state: 'ready',
    command: [...engine.command, ...runWords(session, task, name), image, '/bin/sh', '-c', command],
    cleanup: `${removal.map(shellQuote).join(' ')} >/dev/null 2>&1`,
    remove: async () => {
      await remove(removal, { timeoutMs: 15_000 });
    },
  };
}

function unavailable(message: string, remedy: string): ContainerCommand {
  return { state: 'unavailable', failure: { message, remedy, exit: exitCodes.machine, reason: 'machine' } };
}

let count = 0;

function containerName(pid: number, task: string): string {
  count++;
  return `tasks-${pid}-${count}-${task.replace(/[^A-Za-z0-9_.-]/g, '-')}`;
}

function runWords({ host, root }: Session, task: PlannedTask, name: string): readonly string[] {
  const user = host.user === undefined ? [] : ['--user', `${host.user.uid}:${host.user.gid}`];
  const env = Object.entries(task.env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const terminal = task.interactive
    ? ['--interactive', ...(host.stdinIsTerminal && host.stdoutIsTerminal ? ['--tty'] : [])]
    : [];
  const isInside = !relative(root, task.cwd).startsWith('..');
  const folder = ['--volume', `${root}:${root}`, '--workdir', isInside ? task.cwd : root];
  return ['run', '--rm', '--name', name, ...terminal, ...user, ...folder, ...env];
}
