/**
 * Make starts a command that needs no shell itself, so that its `echo` is the program of that name: the shell's own may know no
 * `-e`, and may read backslashes within single quotes. `command` has every variable filled in.
 */
export function startsProgram(command: string): boolean {
  const [, program = '', words = ''] = /^\s*(\S+)(.*)$/s.exec(command) ?? [];
  const isTold = program === 'echo' || program === 'printf';
  const mayDiffer = words.includes('\\') || /^\s+-(?!n\s)/.test(words);
  return isTold && mayDiffer && !needsShell(words);
}

/** Signs of the shell outside of single quotes. */
function needsShell(words: string): boolean {
  const plain = words.replaceAll(/\\[\s\S]|'[^']*'/g, '');
  return /[#;"*?[\]&|<>(){}$`^~!']/.test(plain);
}
