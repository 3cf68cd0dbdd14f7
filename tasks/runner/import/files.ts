import { literal } from '../text/literal.ts';
import { CouldNot, isGlob } from './references.ts';
import type { Target } from './targets.ts';

/** What lies in the folder of the Makefile. */
export type Disk = { readonly exists: (path: string) => boolean; readonly isFolder: (path: string) => boolean };

export type Files = {
  readonly targets: ReadonlyMap<string, Target>;
  readonly phony: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
  readonly disk: Disk;
};

/** What make calls a target: a name for commands, or a file that they make. */
export type Making =
  | { readonly kind: 'always'; readonly note?: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'file'; readonly inputs: readonly string[] };

/** When make runs a target: always, while it is missing, or when it is older than its inputs. Throws where that is not clear. */
export function makingOf(target: Target, files: Files): Making {
  const { targets, phony, disk } = files;
  const { name, needs } = target;
  const implicit = [name, ...needs, ...target.orderOnly].find((file) => !phony.has(file) && isImplicit(file, files));
  if (implicit !== undefined) throw new CouldNot(`a pattern or built-in rule, which may make \`${implicit}\``);
  for (const need of [...needs, ...target.orderOnly]) checkNeed(need, files);
  if (phony.has(name) || target.recipe.length === 0 || makesFolder(target)) return { kind: 'always' };
  if (isCommand(target, files))
    return { kind: 'always', note: 'always runs; make would not while there is such a file' };
  if (needs.length === 0) return { kind: 'missing' };
  if (disk.isFolder(name)) throw new CouldNot(`the folder \`${name}\`, whose time make compares`);
  if (needs.some((need) => isNeverThere(need, files))) return { kind: 'always' };
  const odd = [name, ...needs].find((file) => !/^(?![/!]|\.\.(\/|$))[\w./+@,=:*?-]+$/.test(file));
  if (odd !== undefined) throw new CouldNot(`the file \`${odd}\``);
  for (const need of needs) {
    const other = targets.get(need);
    const isMadeWithout = other !== undefined && other.recipe.length === 0;
    const isFolder = disk.isFolder(need) || (other !== undefined && mayMakeFolder(other, files));
    if (isMadeWithout || isFolder) throw new CouldNot(`\`${need}\`, whose time make compares`);
  }
  return { kind: 'file', inputs: needs };
}

function checkNeed(need: string, { targets, phony, disk }: Files): void {
  if (isGlob(need)) {
    const pattern = new RegExp(`^${literal(need).replaceAll('\\*', '[^/]*').replaceAll('\\?', '[^/]')}$`);
    const made = [...targets.keys()].find((name) => pattern.test(name));
    if (made !== undefined) throw new CouldNot(`\`${need}\`, which may be \`${made}\``);
  } else if (!targets.has(need) && !phony.has(need) && !disk.exists(need))
    throw new CouldNot(`\`${need}\`, which is missing and which no rule makes`);
}

/** `mkdir -p $@`: to run it again does nothing. */
function makesFolder({ name, recipe }: Target): boolean {
  const [only = '', ...more] = recipe.map((step) => step.replace(/^[@+\s-]*/, '').trim());
  return more.length === 0 && [`mkdir -p $@`, `mkdir -p ${name}`].includes(only);
}

/** As `python -m venv venv` does, where no ending says that it is a file. */
function mayMakeFolder(target: Target, { disk }: Files): boolean {
  const { name, needs } = target;
  return makesFolder(target) || (needs.length === 0 && !disk.exists(name) && !/\w\.\w+$/.test(name));
}

/** A word for commands that make no such file; only that it is not in `.PHONY`. */
function isCommand({ name, needs, recipe }: Target, { disk }: Files): boolean {
  const isWord = /^[A-Za-z][\w-]*$/.test(name);
  if (!isWord || needs.length > 0 || disk.exists(name)) return false;
  const program = new RegExp(`^[@+\\s-]*${name}(?=\\s|$)|${namedAfterProgram}\\s+${name}(?![\\w./-])`, 'g');
  const itself = new RegExp(`\\$[({]?@|(^|[^\\w-])${name}([^\\w-]|$)`);
  return !recipe.some((step) => itself.test(step.replaceAll(program, '')));
}

/** Programs whose first word says what to do, as in `go test`. */
const namedAfterProgram =
  '(\\b(go|npm|npm run|yarn|pnpm|cargo|pip3?|poetry|docker|docker-compose|podman|helm|terraform|mvn)|(\\bmake|\\$[({]MAKE[)}])( -C \\S+)?|-m|\\$[({]GO[)}]|(setup|manage)\\.py)';

/** To make, what needs such a target is always older. */
function isNeverThere(need: string, files: Files): boolean {
  const target = files.targets.get(need);
  if (files.phony.has(need)) return true;
  if (target === undefined || files.disk.exists(need)) return false;
  return target.recipe.length === 0 || isCommand(target, files);
}

/** A file without a recipe of its own that a rule for many files may make: one of the Makefile, or make's own. */
function isImplicit(file: string, { targets, patterns, disk }: Files): boolean {
  if ((targets.get(file)?.recipe.length ?? 0) > 0) return false;
  if (patterns.some((pattern) => pattern.test(file)) || /\.o$/.test(file)) return true;
  const stem = file.replace(/\.\w+$/, '');
  const sources = [...endings.map((ending) => file + ending), ...(stem === file ? [] : sourcesOf(file, stem))];
  return sources.some((source) => source !== file && (disk.exists(source) || targets.has(source)));
}

const endings = ['.o', '.c', '.cc', '.C', '.cpp', '.p', '.f', '.F', '.m', '.r', '.S', '.s', '.mod', '.sh', ',v'];

function sourcesOf(file: string, stem: string): readonly string[] {
  if (/\.[crp]$/.test(file)) return ['.y', '.l', '.w', '.web', '.ym', '.yl'].map((ending) => stem + ending);
  if (/\.(s|f|tex|info|dvi|a|sym)$/.test(file))
    return ['.c', '.S', '.F', '.r', '.w', '.web', '.texinfo', '.texi', '.txinfo', '.tex', '.mod', '.def'].map(
      (ending) => stem + ending,
    );
  return [];
}
