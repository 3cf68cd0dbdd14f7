import type { Place, Problem } from './errors.ts';
import type { Paint } from './paint.ts';
import { asWritten, withNames } from './text/safe-text.ts';

/** Problems as a person reads them: the sentence, where it stands with carets under the characters, the hint. */
export function renderProblems(problems: readonly Problem[], paint: Paint): string {
  return problems.map((problem) => `${renderProblem(problem, paint)}\n`).join('');
}

function renderProblem(problem: Problem, paint: Paint): string {
  const lines = [`${paint.red('error')}: ${asWritten(problem.message)}`];
  if (problem.place !== undefined) lines.push(...renderPlace(problem.place, paint));
  if (problem.hint !== undefined) lines.push(`${paint.cyan('hint')}: ${asWritten(problem.hint)}`);
  return lines.join('\n');
}

function renderPlace(place: Place, paint: Paint): string[] {
  const { before, meant, after } = excerptOf(place);
  const carets = ' '.repeat(columnsOf(before)) + '^'.repeat(Math.max(1, columnsOf(meant)));
  return [
    `  --> ${withNames(place.file)}:${place.line}:${place.column}`,
    `   | ${before}${meant}${after}`.trimEnd(),
    `   | ${paint.red(carets)}`,
  ];
}

type Excerpt = { readonly before: string; readonly meant: string; readonly after: string };

const mostBefore = 60;
const mostMeant = 60;
const mostAfter = 40;

/** The line around what is meant; a file that a program wrote may be one line. In signs, so that none is cut in two. */
function excerptOf({ text, column, length }: Place): Excerpt {
  const start = column - 1;
  const near = mostBefore + mostMeant + mostAfter;
  // Of a long line no more is taken apart than can be shown: it may be said of each of its thousand mistakes.
  const before = signs(text.slice(Math.max(0, start - 2 * near), start));
  const meant = signs(text.slice(start, start + Math.min(length, 2 * near)));
  const after = signs(text.slice(start + length, start + length + 2 * near));
  const isShort = before.length + meant.length + after.length <= near;
  if (isShort) return { before: before.join(''), meant: meant.join(''), after: after.join('') };
  const shown = meant.slice(0, mostMeant);
  const rest = [...meant.slice(mostMeant), ...after];
  return {
    before: `${before.length > mostBefore ? '…' : ''}${before.slice(-mostBefore).join('')}`,
    meant: shown.join(''),
    after: `${rest.slice(0, mostAfter).join('')}${rest.length > mostAfter ? '…' : ''}`,
  };
}

/** As they are shown: of a tab one column. */
function signs(text: string): readonly string[] {
  return Array.from(text, (sign) => (sign === '\t' ? ' ' : withNames(sign)));
}

/** How wide a text stands on a terminal, near enough for carets: East Asian signs take two columns, marks upon others none. */
function columnsOf(text: string): number {
  const wide =
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303F\uFF01-\uFF60]/gu;
  return text.replaceAll(/\p{Mn}|\p{Cf}/gu, '').replaceAll(wide, '__').length;
}
