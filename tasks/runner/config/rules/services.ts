import { messageOf } from '../../errors.ts';
import { aboutKeysOf, type Finding, thatHold } from '../finding.ts';
import { namesIn } from '../template.ts';
import type { ReadyRow, Sign, TaskRow } from '../types.ts';

/** What does not go together with `service`, and signs of readiness that cannot be read. */
export function serviceRules(task: TaskRow): readonly Finding[] {
  const { service } = task;
  if (service === undefined) return [];
  const at = aboutKeysOf(task.name);
  const contradictions = thatHold([
    task.run.length > 0 && at('run', 'has both `run` and `service`', 'keep one of them'),
    task.script !== undefined && at('script', 'has both `script` and `service`', 'keep one of them'),
    task.container !== undefined &&
      at('container', 'is a service, which runs on this machine', 'start the container in the `run` of its `service`'),
    task.interactive && at('interactive', 'is a service, which has no terminal', 'leave one of them out'),
    task.timeoutMs !== undefined &&
      at('timeout', 'is a service, which ends when nobody needs it', 'write `within` in its `ready`'),
    task.locks !== undefined &&
      at('lock', 'is a service, which is never started twice anyway', 'lock the tasks that need it'),
  ]);
  return [...contradictions, ...readyRules(task.name, service.ready)];
}

function readyRules(task: string, ready: ReadyRow | undefined): readonly Finding[] {
  if (ready === undefined || ready.signs.length > 0)
    return (ready?.signs ?? []).flatMap((sign) => signRules(task, sign));
  const message = `\`ready\` of task \`${task}\` names no sign`;
  const hint = 'add one of `http`, `tcp`, `log`, `command`, `health`';
  return [{ path: ['tasks', task, 'service', 'ready'], at: 'key', message, hint }];
}

function signRules(task: string, sign: Sign): readonly Finding[] {
  const { kind, value } = sign;
  const isKnownLater = namesIn(value).length > 0;
  const problem = isKnownLater ? undefined : signProblem(sign);
  return problem === undefined
    ? []
    : [{ path: ['tasks', task, 'service', 'ready', kind], at: 'value', message: `\`${value}\` ${problem}` }];
}

/** Why nothing can be looked for by a sign. */
export function signProblem({ kind, value }: Sign): string | undefined {
  switch (kind) {
    case 'http':
      return /^https?:\/\/./.test(value) && URL.canParse(value)
        ? undefined
        : 'is not a URL, such as `http://127.0.0.1:8080/health`';
    case 'tcp':
      return isAddress(value) ? undefined : 'is not a port, such as `8080` or `127.0.0.1:8080`';
    case 'log':
      return regexProblem(value);
    case 'command':
    case 'health':
      return undefined;
    default:
      return kind satisfies never;
  }
}

function isAddress(value: string): boolean {
  const [, port] = /^(?:.+:)?(\d{1,5})$/.exec(value) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** Why a text is no regular expression. */
export function regexProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern);
    return undefined;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}
