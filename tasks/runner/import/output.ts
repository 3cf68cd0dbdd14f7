import { withoutMarks, withoutOutputs } from './marks.ts';
import type { Quote } from './quotes.ts';
import { CouldNot } from './references.ts';

/** Where the output of a command is used. */
export type Use = {
  readonly quote: Quote;
  /** What stands before it in the command. */
  readonly before: string;
  /** Other commands run first: make reads all outputs before them. */
  readonly isLate: boolean;
};

/** Refuses a command that is not sure to print, where its output is used, what make reads before it starts anything. */
export function refuseOutput(command: string, { quote, before, isLate }: Use): void {
  const why = (what: string): CouldNot => new CouldNot(`\`$(shell ${shortened(command)})\`, ${what}`);
  const others = withoutOutputs(before).replaceAll(/\$\$?\{[^{}]*\}/g, '');
  const changesShell = /\b(cd|pushd|popd|export|unset|set|source)\b|(^|[\s;&(])\.\s/.test(others);
  if (quote === 'uncertain' || others.split('`').length % 2 === 0 || command.includes('\n'))
    throw why('within other signs');
  if (changesShell) throw why('which the command may change');
  const parts = partsOf(command);
  if (
    /\b(mktemp|uuidgen|shuf|RANDOM|openssl rand)\b/.test(command) ||
    parts.some((part) => /^date\b/.test(part) && !isOfDay(part))
  )
    throw why('which may print something else each time');
  const isLateHere = isLate || /[;&|\n]/.test(others);
  if (isLateHere && !parts.every((part) => isFixed(part))) throw why('which make runs before the other commands');
  const endsInOne = /^(wc\b|head -(n ?)?1$|tail -(n ?)?1$|xargs$)/.test(parts.at(-1) ?? '');
  if (quote !== '' && !endsInOne && !parts.every((part) => isFixed(part) || isOneLine(part)))
    throw why('which may print several lines, within quotes');
}

/** The programs of a command that start with their words, each with what the caller may set as it is else. */
function partsOf(command: string): readonly string[] {
  return command
    .replaceAll(/\$\$?\{\w+-([^{}]*)\}/g, '$1')
    .split(/\|\||&&|[|;]/)
    .map((part) => part.trim().replace(/^(\w+=\S*\s+)+/, ''));
}

/** One line that no other command changes: what git prints of its commits is taken to stay while a recipe runs. */
function isFixed(part: string): boolean {
  const isOfGit =
    /^git (rev-parse|symbolic-ref|branch --show-current|describe(?!.*--dirty)|log (-n ?1|-1|.*-n ?1)\b)/.test(part);
  const isOfMachine = /^(uname|arch|nproc|id|whoami|hostname|pwd|command -v|tput|go env \w+$|go version)\b/.test(part);
  const isFilter = /^(sed|cut|tr|head|tail|awk|grep|echo|printf|true|basename|dirname)\b(?!.*\.\w+$)/.test(part);
  return isOfGit || isOfMachine || isFilter || isOfDay(part);
}

function isOneLine(part: string): boolean {
  return /^(git describe|cat \S*version\S*$|node -p|which \S+$|\S+ (--version|version)$)/i.test(part);
}

function isOfDay(part: string): boolean {
  return /^date (-u )?["']?\+["']?(%[YymdFjUV]|[-_./])+["']?$/.test(part);
}

/** A command for a note, in at most 40 characters. */
export function shortened(text: string): string {
  const command = withoutMarks(text).replaceAll('$${', () => '${');
  return command.length <= 40 ? command : `${command.slice(0, 39)}…`;
}
