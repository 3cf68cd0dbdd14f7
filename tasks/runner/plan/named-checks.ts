import type { Config } from '../config/types.ts';
import { didYouMean, UserError } from '../errors.ts';

/** The checks that ids or names mean; all without any. */
export function namedChecks(config: Config, words: readonly string[]): readonly string[] {
  const rows = Object.values(config.checks);
  if (words.length === 0) return rows.map((row) => row.name);
  const known = rows.flatMap((row) => [row.name, row.id]);
  const find = (word: string) => rows.find((row) => row.name === word || row.id === word.toUpperCase());
  const unknown = words.filter((word) => find(word) === undefined);
  if (unknown.length > 0) {
    throw new UserError(
      'usage',
      unknown.map((word) => ({
        message: `unknown check \`${word}\`${didYouMean(word, known)}`,
        hint: '`npx tasks doctor --checks` lists all checks',
      })),
    );
  }
  return words.map((word) => find(word)?.name ?? word);
}
