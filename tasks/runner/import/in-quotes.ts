import { withoutMarks } from './marks.ts';
import { commandOf, isPlain } from './of-caller.ts';
import { refuseOutput } from './output.ts';
import { CouldNot } from './references.ts';
import { outermost } from './scope.ts';
import type { Variables } from './variables.ts';

/** A text of the Makefile as the shell reads it within double quotes. `before`: the statement at which it stands. */
export function inQuotes(text: string, variables: Variables, before = outermost.before): string {
  const onEnvironment = (met: readonly string[]): void => {
    for (const command of met.flatMap((one) => commandOf(one) ?? []))
      refuseOutput(command, { quote: '"', before: '', isLate: true });
  };
  const found = variables.withMarks(text, { before, quote: '"', isInline: true, onEnvironment });
  if (!isPlain(found)) throw new CouldNot('signs of the shell beside what the caller sets');
  return withoutMarks(found);
}
