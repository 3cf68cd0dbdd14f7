/** What is put into a text of the shell, marked until all is put together, so that its signs are not taken for those of the text. */
export const marked = {
  output: (command: string): string => `\u0001${command.startsWith('(') ? ' ' : ''}${command}\u0002`,
  /** Within single quotes the shell reads nothing: they end before the text, and begin again behind it. */
  outOfQuotes: (text: string): string => `\u0003${text}\u0004`,
};

/** The text as the shell reads it. */
export function withoutMarks(text: string): string {
  return text
    .replaceAll('\u0001', () => '$(')
    .replaceAll('\u0002', ')')
    .replaceAll('\u0003', `'"`)
    .replaceAll('\u0004', `"'`);
}

/** What is left of a marked text without the commands whose output it uses. */
export function withoutOutputs(text: string): string {
  const output = /\u0001[^\u0001\u0002]*\u0002/g;
  return text.replaceAll(output, '').replaceAll(output, '');
}
