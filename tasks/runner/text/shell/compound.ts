/** How a command ends that is no simple one, such as a loop: no words can follow. Only where that can be told from its last word. */
export function compoundEnd(command: string): 'done' | 'fi' | 'esac' | '}' | ')' | undefined {
  const plain = command
    .replaceAll(/\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"/g, 'x')
    .replace(/(\s*\d*(>>?|<|[<>]&)\s*[^\s<>;&|()]+)+\s*$/, '')
    .trimEnd();
  // As an argument, such a word is one like others.
  const [, word] = /(?:^|[;&|\n(]\s*|\s(?:do|then|else)\s+)(done|fi|esac|\})$/.exec(plain) ?? [];
  if (word !== undefined) return word as ReturnType<typeof compoundEnd>;
  return plain.endsWith(')') && !/[$<>]$/.test(plain.slice(0, openingOf(plain))) ? ')' : undefined;
}

/** Where the bracket opens that the last character closes. */
function openingOf(text: string): number {
  let depth = 0;
  for (let index = text.length - 1; index >= 0; index--) {
    if (text[index] === ')') depth++;
    if (text[index] === '(') depth--;
    if (depth === 0) return index;
  }
  return 0;
}
