/** Whether a trace tells what a server's log tells: nothing lost, merged or invented. */
import type { Told } from '../../helpers/profiler.ts';
import type { Answered } from './run.ts';

const SHOWN = 10;
const ENDS = new Set(['complete', 'closed', 'upgraded']);

/** In what a role's exchanges differ from the log; the first few. `mayAbort`: requests that nobody waited for. */
export function differ(
  { log, port }: Answered,
  told: readonly Told[],
  role: string,
  mayAbort: boolean,
): readonly string[] {
  const mine = told.filter((line) => line.role === role && portOf(line) === port);
  const wanted = countsOf(log.map(withoutStatus));
  const seen = countsOf(mine.map(({ method, target }) => `${method} ${target}`));
  const statuses = new Map(log.map((line) => [withoutStatus(line), line]));
  const wrong = mine.filter((line) => !(mayAbort && line.end === 'aborted') && !isAsLogged(line, statuses));
  return [
    ...[...wanted].filter(([line, count]) => (seen.get(line) ?? 0) < count).map(([line]) => `lost: ${line}`),
    ...[...seen].filter(([line, count]) => (wanted.get(line) ?? 0) < count).map(([line]) => `invented: ${line}`),
    ...wrong.map((line) => `told otherwise: ${inShort(line)}`),
  ].slice(0, SHOWN);
}

/** Links that do not pair one server's end with one client's, on a port. */
export function unpaired(told: readonly Told[], port: number): readonly string[] {
  const roles = new Map<string, string>();
  for (const line of told) {
    if (portOf(line) !== port) continue;
    const key = `${line.link} ${line.target}`;
    roles.set(key, [...(roles.get(key)?.split(' ') ?? []), line.role].sort().join(' '));
  }
  return [...roles]
    .filter(([, ends]) => ends !== 'client server')
    .map(([key, ends]) => `${key}: ${ends}`)
    .slice(0, SHOWN);
}

export function portOf({ role, local, remote }: Told): number {
  return Number((role === 'server' ? local : remote).split(':').at(-1));
}

export function inShort({ method, target, status, end, role }: Told): string {
  return `${role} ${method} ${target} ${status ?? '-'} ${end}`;
}

function isAsLogged(line: Told, statuses: ReadonlyMap<string, string>): boolean {
  const { method, target, status, end } = line;
  return ENDS.has(end) && statuses.get(`${method} ${target}`) === `${method} ${target} ${status}`;
}

function withoutStatus(line: string): string {
  return line.slice(0, line.lastIndexOf(' '));
}

function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
