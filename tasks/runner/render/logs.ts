import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { EventOf } from '../events.ts';
import type { LogFile } from '../host/log-file.ts';
import type { Host } from '../host.ts';
import { logFolder, logPathOf } from '../text/log-path.ts';
import type { Renderer } from './index.ts';

/** So many logs are kept; each task has one, or two where it prints much. */
const mostLogs = 200;

type Output = EventOf<'task-output'>;
/** `open` is the stream whose line was not ended yet. */
type Log = { readonly file: LogFile; waiting: string; open?: Output['stream'] | undefined };

/** Keeps the whole output of each task in `.tasks/logs`. Where that is not possible it is said once, and the run goes on. */
export function makeLogs(
  host: Pick<Host, 'openLog' | 'removeLog' | 'tidyLogs' | 'writeError'>,
  root: string,
): Renderer {
  const logs = new Map<string, Log>();
  let isPossible = true;
  let isDue = false;
  let isNew = false;

  const attempt = (work: () => void): void => {
    if (!isPossible) return;
    try {
      work();
    } catch (error) {
      isPossible = false;
      host.writeError(`note: the output of tasks is not kept in \`${logFolder}\`: ${messageOf(error)}\n`);
    }
  };
  /** A task has a file only once it prints something. */
  const logOf = (task: string): Log => {
    const log: Log = logs.get(task) ?? { file: host.openLog(root, `${root}/${logPathOf(task)}`), waiting: '' };
    logs.set(task, log);
    isNew = true;
    return log;
  };
  const flush = (): void => {
    isDue = false;
    for (const log of logs.values()) {
      if (log.waiting !== '') log.file.write(log.waiting);
      log.waiting = '';
    }
  };
  const close = (task: string): void => {
    flush();
    logs.get(task)?.file.close();
    logs.delete(task);
  };

  const take = ({ task, stream, line, goesOn }: Output): void => {
    const log = logOf(task);
    const isCut = log.open !== undefined && log.open !== stream;
    log.waiting += `${isCut ? '\n' : ''}${line}${goesOn === true ? '' : '\n'}`;
    log.open = goesOn === true ? stream : undefined;
    if (!isDue) setImmediate(() => attempt(flush));
    isDue = true;
  };
  return {
    on: (event) => {
      if (event.type === 'task-started') attempt(() => host.removeLog(`${root}/${logPathOf(event.task)}`));
      if (event.type === 'task-output') attempt(() => take(event));
      if (event.type === 'task-finished') attempt(() => close(event.task));
    },
    end: async () => {
      for (const task of [...logs.keys()]) attempt(() => close(task));
      if (isNew) attempt(() => host.tidyLogs(join(root, logFolder), mostLogs));
    },
  };
}
