/** The stack's containers, as the engine's labels tell: which are here, and whose they are. */
import type { Engine, Ran } from 'zx-tasks';
import { project, rootLabel, type Service, services, settingsLabel } from './stack.ts';

export type Container = {
  readonly id: string;
  readonly name: string;
  readonly service: Service;
  /** As the engine says: running, exited, created, paused … */
  readonly state: string;
  readonly exitCode: number;
  /** The image it was made from, by id. */
  readonly imageId: string;
  readonly image: string;
  /** The checkout that started it, absolute; undefined where no label says so. */
  readonly root: string | undefined;
  readonly settings: string | undefined;
};

type Run = (command: readonly string[]) => Promise<Ran>;

/** Every container of the project, from whatever checkout. */
export async function findContainers(run: Run, engine: Engine): Promise<readonly Container[]> {
  const listed = await run([
    ...engine.command,
    'ps',
    '-a',
    '-q',
    '--no-trunc',
    '--filter',
    `label=com.docker.compose.project=${project}`,
  ]);
  if (listed.code !== 0) throw new Error(`\`${listed.command}\` failed: ${listed.stderr.trim()}`);
  const ids = listed.stdout.split('\n').filter((line) => line !== '');
  if (ids.length === 0) return [];
  const inspected = await run([...engine.command, 'inspect', ...ids]);
  if (inspected.code !== 0) throw new Error(`\`${inspected.command}\` failed: ${inspected.stderr.trim()}`);
  const rows: unknown = JSON.parse(inspected.stdout);
  return (Array.isArray(rows) ? (rows as Inspected[]) : []).flatMap((row) => readContainer(row) ?? []);
}

/** The part of `inspect` that podman and docker write alike. */
type Inspected = {
  Id: string;
  Name: string;
  Image: string;
  ImageName?: string;
  State: { Status: string; ExitCode: number };
  Config: { Image: string; Labels: Record<string, string> | null };
};

function readContainer(row: Inspected): Container | undefined {
  const labels = row.Config.Labels ?? {};
  const service = services.find((each) => each === labels['com.docker.compose.service']);
  if (service === undefined) return undefined;
  const working = labels['com.docker.compose.project.working_dir'];
  const ours = labels[rootLabel];
  return {
    id: row.Id,
    name: row.Name.replace(/^\//, ''),
    service,
    state: row.State.Status,
    exitCode: row.State.ExitCode,
    imageId: row.Image.replace(/^sha256:/, ''),
    image: row.ImageName ?? row.Config.Image,
    root: ours?.startsWith('/') ? ours : working?.replace(/\/container$/, ''),
    settings: labels[settingsLabel],
  };
}
