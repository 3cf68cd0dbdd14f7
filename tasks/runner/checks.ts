import type { Asked } from './checks/probe.ts';
import type { Config } from './config/types.ts';
import type { EngineSource } from './engine.ts';
import type { CheckReport } from './events.ts';
import type { Host } from './host.ts';
import type { ProcessTable } from './process/table.ts';
import type { Check } from './script.ts';

/** Runs checks as a tree: what a check needs runs first, and a failed one spares those that need it. */
export type CheckRunner = {
  /** The reports of these checks (by name in the config) and of all that they need. Those in `skip` count as passed. */
  readonly run: (
    names: readonly string[],
    signal: AbortSignal,
    options?: { readonly skip: readonly string[] },
  ) => Promise<readonly CheckReport[]>;
  /** The checks themselves, in the order of the config. */
  readonly list: () => Promise<readonly Check[]>;
  /** Ask everything anew: something was mended. */
  readonly forget: () => void;
};

export type CheckSurroundings = {
  readonly host: Host;
  readonly root: string;
  readonly config: Config;
  readonly table: ProcessTable;
  readonly engine: EngineSource;
  /** Told of a check that takes long, once. */
  readonly onSlow: (check: Check) => void;
};

/** Makes the runner of one run; what has passed is not asked twice. */
export function makeCheckRunner(surroundings: CheckSurroundings): CheckRunner {
  const passed = new Map<string, CheckReport>();
  const asked: Asked = new Map();
  return {
    run: async (names, signal, { skip } = { skip: [] }) => {
      const { loadChecks, runTree } = await parts();
      const all = await loadChecks(surroundings);
      const leftOut = new Set(skip.map(all.idOf));
      return await runTree(names.map(all.idOf), all, { ...surroundings, asked, leftOut, passed, signal });
    },
    list: async () => {
      const { loadChecks } = await parts();
      const all = await loadChecks(surroundings);
      return Object.keys(surroundings.config.checks).map((name) => all.get(all.idOf(name)));
    },
    forget: () => {
      passed.clear();
      asked.clear();
      surroundings.engine.forget();
    },
  };
}

/** Loaded at the first check only: most runs need none. */
async function parts() {
  const [load, tree] = await Promise.all([import('./checks/load.ts'), import('./checks/tree.ts')]);
  return { ...load, ...tree };
}
