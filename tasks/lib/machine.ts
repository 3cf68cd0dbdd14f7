/** What podman says of its machine, across the versions whose answers differ. */
import type { Ran } from 'zx-tasks';
import { saysRecordIsBroken } from './machine-record.ts';
import { parseJson } from './read.ts';

export const MIB_RECOMMENDED = 4096;
export const MIB_LEAST = 2048;

/**
 * `stuck`: a start was cut off, and podman still thinks that it goes on. `running` says that the virtual machine's process
 * is there; whether it can be used only `podman info` knows.
 */
export type MachineState = 'stopped' | 'starting' | 'running' | 'stuck';

export type Machine = {
  readonly name: string;
  readonly state: MachineState;
  readonly rootful: boolean;
  readonly memoryMib: number;
  /** What runs it: `applehv`, `libkrun`, `qemu`. */
  readonly provider: string;
  /** Where podman before 5 keeps what it knows of the machine. */
  readonly stateFile: string | undefined;
  /** Where podman keeps how the machine was made. */
  readonly recordFile: string | undefined;
};

export type Found =
  | { readonly state: 'known'; readonly machine: Machine | undefined }
  | { readonly state: 'unknown'; readonly why: string; readonly isRecordBroken: boolean };

type Run = (command: readonly string[], options: { readonly timeoutMs: number }) => Promise<Ran>;

const BYTES_PER_MIB = 1024 * 1024;
/** Podman 4 may wait a minute for a helper of a start that failed. */
const patience = { timeoutMs: 5_000 };

/**
 * The machine that our containers would run in: the default one, else the first; `undefined` when there is none. Asked by
 * `machine list` and `machine inspect`, never by `machine info`, which loses sight of a stopped rootful machine.
 */
export async function readMachine(run: Run): Promise<Found> {
  const listed = await run(['podman', 'machine', 'list', '--format', 'json'], patience);
  const rows = listed.code === 0 ? parseArray(listed.stdout) : undefined;
  if (rows === undefined) return unknown('podman machine list', listed);
  const row = rows.find((each) => each.Default === true) ?? rows[0];
  if (row === undefined) return { state: 'known', machine: undefined };
  const name = String(row.Name);
  const inspected = await run(['podman', 'machine', 'inspect', name], patience);
  const details = inspected.code === 0 ? parseArray(inspected.stdout)?.[0] : undefined;
  if (details === undefined) return unknown(`podman machine inspect ${name}`, inspected);
  const stateFile = pathIn(details.ConfigPath);
  const folder = pathIn(details.ConfigDir);
  return {
    state: 'known',
    machine: {
      name,
      state: stateOf(row, details),
      rootful: typeof details.Rootful === 'boolean' ? details.Rootful : await defaultIsRoot(run, name),
      memoryMib: Math.round(Number(row.Memory) / BYTES_PER_MIB),
      provider: String(row.VMType ?? 'unknown'),
      stateFile,
      recordFile: stateFile ?? (folder === undefined ? undefined : `${folder}/${name}.json`),
    },
  };
}

/** As `podman --version` prints it, which needs no machine. */
export async function podmanVersion(run: Run): Promise<string> {
  return (await run(['podman', '--version'], patience)).stdout;
}

function pathIn(place: unknown): string | undefined {
  return (place as { Path?: string } | undefined)?.Path;
}

/** Podman 5 lists a machine that boots as running and starting, and one whose start was cut off as starting only. */
function stateOf(row: Record<string, unknown>, details: Record<string, unknown>): MachineState {
  const isBooting = row.Starting === true && (row.Running === true || details.State === 'starting');
  if (isBooting) return 'starting';
  if (row.Starting === true) return 'stuck';
  return row.Running === true ? 'running' : 'stopped';
}

/** The connection through which podman talks to something else than this machine, if that is the default one. */
export async function otherConnection(run: Run, name: string): Promise<string | undefined> {
  const connection = await defaultConnection(run);
  return connection === name || connection === `${name}-root` ? undefined : connection;
}

/** Podman before 4.7 does not say `Rootful`; the default connection's name does. */
async function defaultIsRoot(run: Run, name: string): Promise<boolean> {
  return (await defaultConnection(run)) === `${name}-root`;
}

async function defaultConnection(run: Run): Promise<string | undefined> {
  const listed = await run(['podman', 'system', 'connection', 'list', '--format', 'json'], patience);
  const connection = parseArray(listed.stdout)?.find((each) => each.Default === true);
  return connection === undefined ? undefined : String(connection.Name);
}

function parseArray(text: string): Record<string, unknown>[] | undefined {
  const value = parseJson(text);
  return Array.isArray(value) ? value : undefined;
}

function unknown(command: string, ran: Ran): Found {
  return { state: 'unknown', why: `\`${command}\` ${failure(ran)}`, isRecordBroken: saysRecordIsBroken(ran) };
}

function failure(ran: Ran): string {
  if (ran.problem === 'timed-out') return 'did not answer in time';
  const said = ran.stderr.trim().split('\n').at(-1);
  return `failed with ${ran.code}${said ? `: ${said}` : ' or answered something that is not JSON'}`;
}
