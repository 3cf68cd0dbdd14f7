/** The compose provider: which one is here. Whether it did its work is judged by the containers, never by its exit code. */
import type { Engine, Ran } from 'zx-tasks';

export type Provider = {
  readonly command: readonly string[];
  readonly version: string;
  /** Whether it is Docker's, which `podman compose` may call too. */
  readonly isDockers: boolean;
};

type Tools = {
  readonly run: (command: readonly string[]) => Promise<Ran>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly engine: Engine;
};

/** The first that answers: `TASKS_COMPOSE`, podman-compose, `podman compose`, `docker compose`. */
export async function findProvider({ run, env, engine }: Tools): Promise<Provider | undefined> {
  const asked = env.TASKS_COMPOSE?.trim() ?? '';
  for (const command of asked === '' ? candidates(engine) : [asked.split(/\s+/)]) {
    const ran = await run([...command, 'version']);
    const version = /\d+(\.\d+)+/.exec(versionLine(ran.stdout))?.[0];
    if (ran.code === 0 && version !== undefined)
      return { command, version, isDockers: /^docker[ -]compose/im.test(ran.stdout) };
  }
  return undefined;
}

/** podman-compose drives only podman; the plugins drive the engine they belong to. */
function candidates(engine: Engine): readonly (readonly string[])[] {
  if (engine.name === 'docker' && !engine.disguised) return [['docker', 'compose']];
  return [['podman-compose'], ['podman', 'compose'], ['docker', 'compose']];
}

/** podman-compose prints podman's version first and its own on a line that names it. */
function versionLine(stdout: string): string {
  const lines = stdout.split('\n');
  return lines.find((line) => /compose.*\d+\.\d+/i.test(line)) ?? stdout;
}
