import { join } from 'node:path';
import type { CheckSurroundings } from '../checks.ts';
import type { CheckRow } from '../config/types.ts';
import { messageOf } from '../errors.ts';
import { makeErrorPrints } from '../foreign-code/error-prints.ts';
import { loadModule } from '../foreign-code/load.ts';
import { runAs } from '../foreign-code/owner.ts';
import type { Host, Uncaught } from '../host.ts';
import type { Check } from '../script.ts';
import { couldNot } from './report.ts';
import { versionCheck } from './version.ts';

export type LoadedChecks = { readonly idOf: (name: string) => string; readonly get: (id: string) => Check };

/** The checks of the config: version rows made into checks, script rows taken from their files, each file loaded once. */
export async function loadChecks({
  config,
  root,
  host,
}: Pick<CheckSurroundings, 'config' | 'root' | 'host'>): Promise<LoadedChecks> {
  const files = new Map<string, Promise<readonly Check[] | string>>();
  const load = (script: string): Promise<readonly Check[] | string> => {
    const loading = files.get(script) ?? loadFile(host, root, script);
    files.set(script, loading);
    return loading;
  };
  const rows = Object.values(config.checks);
  const checks = await Promise.all(
    rows.map(async (row) => (row.kind === 'version' ? versionCheck(row) : fromFile(row, await load(row.script)))),
  );
  const byId = new Map(checks.map((check) => [check.id, check]));
  return {
    idOf: (name) => config.checks[name]?.id ?? name,
    get: (id) => byId.get(id) ?? broken({ name: id, id }, `no check of the config has the id \`${id}\``),
  };
}

async function loadFile(host: Host, root: string, script: string): Promise<readonly Check[] | string> {
  const file = join(root, script);
  const name = `the file of checks \`${script}\``;
  const onStray = (thrown: unknown): Uncaught => ({
    text: `${name} threw an error that nothing caught: ${messageOf(thrown)}`,
  });
  const prints = makeErrorPrints(host);
  try {
    const owner = { name, onStray, onPrint: prints.onPrint };
    const module = await runAs(host, owner, () => loadModule(host, root, file));
    const checks = typeof module === 'object' && module !== null && 'checks' in module ? module.checks : undefined;
    return Array.isArray(checks) ? (checks as readonly Check[]) : `\`${script}\` does not export \`checks\``;
  } catch (thrown) {
    return `\`${script}\` cannot be loaded: ${messageOf(thrown)}`;
  } finally {
    prints.end();
  }
}

function fromFile(
  row: Pick<CheckRow, 'name' | 'id'> & { readonly script: string },
  loaded: readonly Check[] | string,
): Check {
  if (typeof loaded === 'string') return broken(row, loaded);
  const check = loaded.find((candidate) => candidate.id === row.id);
  return check ?? broken(row, `\`${row.script}\` has no check with the id \`${row.id}\``);
}

/** Stands for a check that cannot be had; running it tells why. */
function broken({ id, name }: Pick<CheckRow, 'id' | 'name'>, cause: string): Check {
  return {
    id,
    name,
    question: `can \`${name}\` be checked?`,
    group: 'broken checks',
    run: async () => couldNot(cause),
  };
}
