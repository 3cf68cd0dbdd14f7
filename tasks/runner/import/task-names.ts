import { builtInTasks } from '../config/built-in.ts';
import { reservedNames } from '../config/reserved-names.ts';

/** The name of each target's task: its own where a task may have it, else one that is near. */
export function nameTasks(targets: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    targets.map((target) => {
      const name = unused(usable(target), taken);
      taken.add(name);
      return [target, name];
    }),
  );
}

function usable(target: string): string {
  const name = target
    .replaceAll('/', ':')
    .replaceAll(/[^A-Za-z0-9_.:-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'target' : name;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  const others = [...Object.keys(builtInTasks), ...reservedNames];
  const isFree = (candidate: string): boolean => !taken.has(candidate) && !others.includes(candidate);
  if (isFree(name)) return name;
  for (let number = 2; ; number++) if (isFree(`${name}-${number}`)) return `${name}-${number}`;
}
