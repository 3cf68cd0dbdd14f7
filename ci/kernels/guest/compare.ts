/** What the trace says against what was sent. */
import type { Case, Expected } from './cases.ts';
import type { Line } from './profiler.ts';

export type Finding = { readonly name: string; readonly problem?: string };

type Told = Expected & { readonly local: string; readonly remote: string };

const LOCAL = { ipv4: /^127\.0\.0\.1:22000$/, ipv6: /^\[::1\]:22000$/, unix: /^unix:\/tmp\/server\.sock$/ };
/** Counters of profiler.json that count no loss. */
const HARMLESS = new Set(['exchanges', 'records', 'connections']);

/** One finding for each case, and three for what is true of the whole trace. */
export function compare(
  cases: readonly Case[],
  lines: readonly Line[],
  status: Readonly<Record<string, unknown>>,
  container: string,
): readonly Finding[] {
  const exchanges = lines.filter((line) => line.type === 'exchange');
  const ofCase = (name: string) => exchanges.filter((line) => line.target === `/${name}`);
  return [
    ...cases.map((played) => compareCase(played, ofCase(played.name))),
    tell('nothing was invented', strangers(cases, exchanges)),
    tell('every exchange is the container’s', strays(exchanges, container)),
    tell('nothing was lost', losses(lines, status)),
  ];
}

function compareCase({ name, over, expected }: Case, lines: readonly Line[]): Finding {
  const told = lines.map(toTold);
  const misplaced = told.filter(({ local }) => !LOCAL[over].test(local));
  if (misplaced.length > 0) return tell(name, `it is said to be at ${misplaced.map(({ local }) => local).join(', ')}`);
  const found = told.map(({ local: _, remote: __, ...rest }) => JSON.stringify(rest));
  const wanted = expected.map((exchange) => JSON.stringify(exchange));
  if (found.join() === wanted.join()) return { name };
  return tell(name, `expected [${wanted.join(', ')}], traced [${found.join(', ')}]`);
}

/** In the order of the fields of what is expected. */
function toTold(line: Line): Told {
  return {
    method: String(line.method),
    status: line.status as number | null,
    end: String(line.end),
    requestBytes: Number(line.requestBytes),
    responseBytes: Number(line.responseBytes),
    local: String(line.local),
    remote: String(line.remote),
  };
}

function strangers(cases: readonly Case[], exchanges: readonly Line[]): string | undefined {
  const known = new Set(cases.map(({ name }) => `/${name}`));
  const strange = exchanges.filter(({ target }) => !known.has(String(target)));
  return strange.length === 0 ? undefined : JSON.stringify(strange);
}

function strays(exchanges: readonly Line[], container: string): string | undefined {
  const stray = exchanges.filter(
    (line) => line.role !== 'server' || (line.container as { id?: string } | null)?.id !== container,
  );
  return stray.length === 0 ? undefined : JSON.stringify(stray.map(({ role, container: of }) => ({ role, of })));
}

function losses(lines: readonly Line[], status: Readonly<Record<string, unknown>>): string | undefined {
  const counters = Object.entries(status.counters as Record<string, number>);
  const lost = counters.filter(([name, count]) => !HARMLESS.has(name) && count > 0);
  const told = lines.filter((line) => line.type === 'loss');
  return lost.length + told.length === 0 ? undefined : JSON.stringify([...told, ...lost]);
}

function tell(name: string, problem: string | undefined): Finding {
  return problem === undefined ? { name } : { name, problem };
}
