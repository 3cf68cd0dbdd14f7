import type { ToolFlags } from './args.ts';
import { usageError } from './errors.ts';

/** Refuses flags that do not go together. */
export function refuseContradictions(flags: ToolFlags): void {
  if (flags.keepGoing && flags.failFast) throw usageError('`--keep-going` and `--fail-fast` cannot be used together');
  const { profile } = flags;
  const other = firstOf({ ...thoseThatPrint(flags), profile: profile !== undefined });
  if (flags.watch && other !== undefined) throw usageError(`\`--watch\` and \`--${other}\` cannot be used together`);
}

/** Refuses what speaks of a run where no task is named: a script that lost the name would seem to have succeeded. */
export function refuseAimless(flags: ToolFlags): void {
  const { help, version, watch, only, force, explain, fix, yes, host, keepGoing, failFast } = flags;
  const ofRuns = { watch, only, force, explain, fix, yes, host, 'keep-going': keepGoing, 'fail-fast': failFast };
  const { list, graph, init, import: makefile, completion } = thoseThatPrint(flags);
  if (help || version || list || graph || init || makefile || completion) return;
  const { jobs, engine, profile, dryRun } = flags;
  const withValue = { jobs: jobs !== undefined, engine: engine !== undefined, profile: profile !== undefined };
  const aimless = firstOf({ ...ofRuns, ...withValue, 'dry-run': dryRun });
  if (aimless !== undefined)
    throw usageError(`\`--${aimless}\` needs a task, and none is named`, '`tasks --list` shows all tasks');
}

/** What prints something and ends. */
function thoseThatPrint({ list, dryRun, graph, init, import: makefile, completion }: ToolFlags) {
  return {
    list,
    'dry-run': dryRun,
    graph: graph !== undefined,
    init,
    import: makefile !== undefined,
    completion: completion !== undefined,
  };
}

function firstOf(given: Readonly<Record<string, boolean>>): string | undefined {
  return Object.keys(given).find((name) => given[name]);
}
