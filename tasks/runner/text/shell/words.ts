/** Which words of a command a shell reads a second time, when it runs them. */
export type SecondReading = {
  readonly where: string;
  /** Whether a word that is nothing but the value is fine: then somebody was to type the very command. */
  readonly mayBeWhole: boolean;
};

/** What stands in `words` for a value that is not known yet. */
export const unknownPart = '\0';

/** How a word is read again that follows these of its command, all of them without their quotes; `begun` is what there is of it. */
export function readAgain(words: readonly string[], begun: string): SecondReading | undefined {
  if (isEvaluation(words) || isEvaluatedBy(words, begun)) return asCommand;
  if (isTextOfShell(words, begun)) return { ...asCommand, mayBeWhole: true };
  return isCalculated(words, begun) ? asSum : undefined;
}

const asCommand: SecondReading = { where: 'in a string that is interpreted as a command once more', mayBeWhole: false };
const asSum: SecondReading = { where: 'in a place where bash evaluates arithmetic', mayBeWhole: false };

/** After a variable too, which may be empty. */
const evaluation = /^(?:\$.*)?(?:eval|trap)$/s;
/** Programs that never run what their words say; of another, which may be a function of the shell with `"$@"`, nobody knows. */
const onlyReads = /^(?:git|gh|hg|echo|printf|grep)$/;
const shell = /^(?:.*\/)?(?:ba|rba|da|z|k|mk|lk|ya|o|a|c|tc|fi|pw)?sh$/;
/** `$SHELL`, what a command prints, or a param: it may be `bash`. */
const maybeShell = new RegExp(`^(?:\\$|\\$.*SH(?:ELL)?(?:\\W.*)?|(?:.*/)?${unknownPart})$`, 'i');
const runsText = /^(?:.*\/)?(?:su|runuser|flock|script)$/;
const optionOfText = /^(?:-[A-Za-z]*c[A-Za-z]*|--?command)$/i;
const beginningOfText = /^--command=/;

/** Whether the word is what a shell is given to read, as after its `-c`. */
function isTextOfShell(words: readonly string[], begun: string): boolean {
  return words.some((word, index) => {
    const after = words.slice(index + 1);
    if (shell.test(word)) return isAfterOptions(after, begun);
    if (maybeShell.test(word)) return optionOfText.test(after[0] ?? '') && isAfterOptions(after, begun);
    return runsText.test(word) && (optionOfText.test(after.at(-1) ?? '') || beginningOfText.test(begun));
  });
}

/** A shell's text is its first word that is no option, where one of those is `-c`; without it that is a script's name. */
function isAfterOptions(words: readonly string[], begun: string): boolean {
  let hasOption = beginningOfText.test(begun);
  let values = 0;
  for (const word of words) {
    if (values > 0) {
      values--;
      continue;
    }
    if (!/^[-+]/.test(word)) return false;
    hasOption ||= optionOfText.test(word) || word.includes('$') || word.includes(unknownPart);
    values = /^--(?:rcfile|init-file)$/.test(word) ? 1 : word.startsWith('--') ? 0 : word.split(/o/i).length - 1;
  }
  return hasOption;
}

const prefix = /^(?:[!{]|if|then|elif|else|while|until|do|time|exec|command|builtin|\w+(?:\[.*\])?\+?=.*)$/s;

function headOf(words: readonly string[]): { readonly head: string; readonly args: readonly string[] } {
  const at = words.findIndex((word) => !prefix.test(word));
  return at === -1 ? { head: '', args: [] } : { head: words[at] ?? '', args: words.slice(at + 1) };
}

function isEvaluation(words: readonly string[]): boolean {
  return words.some((word) => evaluation.test(word)) && !onlyReads.test(headOf(words).head);
}

/** Variables and aliases whose text a shell reads when it comes to use them. */
function isEvaluatedBy(words: readonly string[], begun: string): boolean {
  const { head } = headOf(words);
  return head === 'alias' || (head === '' && /^(?:PS4|PROMPT_COMMAND|ENV|BASH_ENV)\+?=/.test(begun));
}

/** Where bash, which is some machines' /bin/sh, takes a word for a sum or a variable's name: it runs what stands in `a[$(…)]`. */
function isCalculated(words: readonly string[], begun: string): boolean {
  const { head, args } = headOf(words);
  const last = args.at(-1) ?? '';
  switch (head) {
    case '':
      return /^\w+\[[^=]*$/.test(begun);
    case 'let':
    case 'unset':
      return true;
    case 'declare':
    case 'typeset':
    case 'local':
      return !begun.includes('=') || args.some((word) => /^-\w*i/.test(word));
    case 'read':
      return begun === '' && !/^-\w*[adeinNptu]$/.test(last);
    case 'printf':
    case 'test':
    case '[':
    case '[[':
      return last === '-v';
    default:
      return false;
  }
}
