/** A word as /bin/sh reads it back unchanged. */
export function shellQuote(word: string): string {
  return word !== '' && isPlainWord(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Whether no shell reads a word as anything else, wherever it stands. */
export function isPlainWord(word: string): boolean {
  return /^[A-Za-z0-9_@%+=:,./-]*$/.test(word);
}
