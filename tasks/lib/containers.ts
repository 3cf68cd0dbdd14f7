/** The stack's containers, as the engine's labels tell: which are here, and whose they are. */
import { existsSync } from 'node:fs';
import type { Engine, Ran } from 'zx-tasks';
import { checkLabel, project, projectLabel, rootLabel, type Service, services, settingsLabel } from './stack.ts';

export type Container = {
  readonly id: string;
  readonly name: string;
  readonly service: Service;
  /** As the engine says: running, exited, created, paused … */
  readonly state: string;
  readonly exitCode: number;
  /** 0 where there is none. */
  readonly memoryLimitBytes: number;
  /** The image it was made from, by id. */
  readonly imageId: string;
  readonly image: string;
  /** The checkout that started it, absolute; undefined where no label says so. */
  readonly root: string | undefined;
  readonly settings: string | undefined;
};

type Run = (command: readonly string[]) => Promise<Ran>;

/** Every container of the services, from whatever checkout. */
export async function findContainers(run: Run, engine: Pick<Engine, 'command'>): Promise<readonly Container[]> {
  return (await findProject(run, engine)).containers;
}

/** One that a check was starting when it was interrupted. */
export type Abandoned = Pick<Container, 'id' | 'name' | 'state'>;

/** Those of the services, and what interrupted checks have left. */
export async function findProject(
  run: Run,
  engine: Pick<Engine, 'command'>,
): Promise<{ readonly containers: readonly Container[]; readonly abandoned: readonly Abandoned[] }> {
  const ofProject = ['--filter', `label=${projectLabel}=${project}`];
  const rows = await inspectListed(run, engine, ['-a', '-q', '--no-trunc', ...ofProject]);
  return {
    containers: rows.flatMap((row) => readContainer(row) ?? []),
    abandoned: rows.filter(isAbandoned).map((row) => ({ id: row.Id, name: nameOf(row), state: row.State.Status })),
  };
}

/** What people call every container that runs, ours or not, for the profiler, which never asks the engine. */
export async function findNames(run: Run, engine: Engine): Promise<readonly Named[]> {
  const rows = await inspectListed(run, engine, ['-q', '--no-trunc']);
  return rows.map((row) => ({
    id: row.Id,
    name: nameOf(row),
    image: imageOf(row),
    service: row.Config.Labels?.['com.docker.compose.service'] ?? null,
  }));
}

export type Named = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly service: string | null;
};

/** Of those that go meanwhile nothing is said, and the others are told all the same. */
async function inspectListed(
  run: Run,
  engine: Pick<Engine, 'command'>,
  which: readonly string[],
): Promise<readonly Inspected[]> {
  const listed = await run([...engine.command, 'ps', ...which]);
  if (listed.code !== 0) throw failed(listed);
  const ids = listed.stdout.split('\n').filter((line) => line !== '');
  if (ids.length === 0) return [];
  const inspected = await run([...engine.command, 'inspect', ...ids]);
  if (inspected.stdout.trim() === '') throw failed(inspected);
  const rows: unknown = JSON.parse(inspected.stdout);
  return Array.isArray(rows) ? rows : [];
}

function failed({ command, stderr }: Ran): Error {
  return new Error(`\`${command}\` failed: ${stderr.trim()}`);
}

function nameOf({ Name }: Inspected): string {
  return Name.replace(/^\//, '');
}

function imageOf({ ImageName, Config }: Inspected): string {
  return ImageName ?? Config.Image;
}

/** The part of `inspect` that podman and docker write alike. */
type Inspected = {
  Id: string;
  Name: string;
  Image: string;
  ImageName?: string;
  State: { Status: string; ExitCode: number };
  HostConfig?: { Memory?: number };
  Config: { Image: string; Labels: Record<string, string> | null };
};

/** A check's folder is there for as long as the check goes on. */
function isAbandoned({ Config }: Inspected): boolean {
  const folder = Config.Labels?.[checkLabel];
  return folder !== undefined && !existsSync(folder);
}

function readContainer(row: Inspected): Container | undefined {
  const labels = row.Config.Labels ?? {};
  const service = services.find((each) => each === labels['com.docker.compose.service']);
  if (service === undefined) return undefined;
  const working = labels['com.docker.compose.project.working_dir'];
  const ours = labels[rootLabel];
  return {
    id: row.Id,
    name: nameOf(row),
    service,
    state: row.State.Status,
    exitCode: row.State.ExitCode,
    memoryLimitBytes: row.HostConfig?.Memory ?? 0,
    imageId: row.Image.replace(/^sha256:/, ''),
    image: imageOf(row),
    root: ours?.startsWith('/') ? ours : working?.replace(/\/container$/, ''),
    settings: labels[settingsLabel],
  };
}
