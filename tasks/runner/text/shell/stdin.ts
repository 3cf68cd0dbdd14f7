/**
 * Whether a command for /bin/sh reads its own stdin: the shell's `read`, or a reader without a file or a pipe before it. Only
 * words are looked at; what cannot be told so is taken not to.
 */
export function readsStdin(command: string): boolean {
  if (!/\b(read|cat|sort|uniq|wc|head|tail|tac|nl|rev|tee|xargs|tr)\b/.test(command)) return false;
  const plain = withoutTexts(command);
  const isGivenSome = plain.includes('<');
  const mayBeGivenSome = /(?<![|])\|(?![|])/.test(plain) && /[({]|(^|\s)(while|until|for|if|case)\s/.test(plain);
  if (isGivenSome || mayBeGivenSome) return false;
  return plain.split(/&&|\|\||[;&\n]/).some((pipeline) => {
    const [first = ''] = pipeline.split('|');
    return isReader(first.trim().split(/\s+/));
  });
}

/** Quotes become a word; comments and where output goes become nothing. */
function withoutTexts(command: string): string {
  return command
    .replaceAll(/\\\n/g, ' ')
    .replaceAll(/\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"/g, 'x')
    .replaceAll(/(^|\s)#[^\n]*/g, '$1')
    .replaceAll(/(?:\d*|&)>[>|]?\s*(?:&[\d-]|[^\s;&|]+)/g, ' ')
    .replaceAll(/(\|\|?|&&)\s+/g, '$1 ');
}

const beforeCommand = /^(if|then|elif|else|while|until|do|time|command|!|\{|\(|[A-Za-z_]\w*=\S*)$/;

function isReader(words: readonly string[]): boolean {
  const start = words.findIndex((word) => !beforeCommand.test(word));
  const [program = '', ...rest] = words.slice(start === -1 ? words.length : start);
  const name = program.replace(/^\(+/, '');
  const takesOnlyOptions = rest.every((word) => /^-(?!-(help|version))/.test(word));
  switch (name) {
    case 'read':
      return !rest.some((word) => word.startsWith('-u'));
    case 'tee':
      return true;
    case 'tr':
      return rest.length > 0;
    case 'xargs':
      return !rest.some((word) => /^(-a|--arg-file)/.test(word));
    case 'cat':
    case 'sort':
    case 'uniq':
    case 'wc':
    case 'head':
    case 'tail':
    case 'tac':
    case 'nl':
    case 'rev':
      return takesOnlyOptions;
    default:
      return false;
  }
}
