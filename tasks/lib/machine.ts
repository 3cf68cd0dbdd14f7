/** What podman says of its machine, across the versions whose answers differ. */
import type { Ran } from 'zx-tasks';

export type Machine = {
  readonly name: string;
  readonly running: boolean;
  readonly starting: boolean;
  readonly rootful: boolean;
  readonly memoryMib: number;
};

export type Found =
  | { readonly state: 'known'; readonly machine: Machine | undefined }
  | { readonly state: 'unknown'; readonly why: string };

type Run = (command: readonly string[]) => Promise<Ran>;

const BYTES_PER_MIB = 1024 * 1024;

/** The machine that our containers would run in: the default one, else the first. `undefined` when there is none. */
export async function readMachine(run: Run): Promise<Found> {
  const listed = await run(['podman', 'machine', 'list', '--format', 'json']);
  const rows = listed.code === 0 ? parseArray(listed.stdout) : undefined;
  if (rows === undefined) return { state: 'unknown', why: `\`podman machine list\` ${failure(listed)}` };
  const row = rows.find((each) => each.Default === true) ?? rows[0];
  if (row === undefined) return { state: 'known', machine: undefined };
  const name = String(row.Name).replace(/\*$/, '');
  const inspected = await run(['podman', 'machine', 'inspect', name]);
  const details = inspected.code === 0 ? parseArray(inspected.stdout)?.[0] : undefined;
  if (details === undefined)
    return { state: 'unknown', why: `\`podman machine inspect ${name}\` ${failure(inspected)}` };
  return {
    state: 'known',
    machine: {
      name,
      running: row.Running === true,
      starting: row.Starting === true,
      rootful: details.Rootful === undefined ? await defaultIsRoot(run, name) : details.Rootful === true,
      memoryMib: Math.round(Number(row.Memory) / BYTES_PER_MIB),
    },
  };
}

/** Podman before 4.7 does not say `Rootful`; the default connection's name does. */
async function defaultIsRoot(run: Run, name: string): Promise<boolean> {
  const listed = await run(['podman', 'system', 'connection', 'list', '--format', 'json']);
  const connections = parseArray(listed.stdout) ?? [];
  return connections.some((each) => each.Default === true && each.Name === `${name}-root`);
}

function parseArray(text: string): Record<string, unknown>[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function failure(ran: Ran): string {
  if (ran.problem === 'timed-out') return 'did not answer in time';
  const said = ran.stderr.trim().split('\n').at(-1);
  return `failed with ${ran.code}${said ? `: ${said}` : ' or answered something that is not JSON'}`;
}
