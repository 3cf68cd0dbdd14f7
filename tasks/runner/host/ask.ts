/** Asks a person and gives the answer; empty for Escape, and where the input has ended. */
export async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline');
  const { stdin: input, stdout: output } = process;
  const reader = createInterface({ input, output, escapeCodeTimeout: 50 });
  const closeOnEscape = (_: unknown, key: { readonly name?: string } | undefined): void => {
    if (key?.name !== 'escape') return;
    reader.close();
    output.write('\n');
  };
  input.on('keypress', closeOnEscape);
  return await new Promise((resolve) => {
    // Nobody else listens yet: the default is to end, with the terminal as it was.
    reader.once('SIGINT', () => {
      reader.close();
      process.kill(process.pid, 'SIGINT');
    });
    reader.once('close', () => {
      input.off('keypress', closeOnEscape);
      resolve('');
    });
    reader.question(question, (answer) => {
      resolve(answer.trim());
      reader.close();
    });
  });
}
