import type { Place, Problem } from './errors.ts';
import type { Paint } from './paint.ts';

/** Problems as a person reads them: the sentence, where it stands with carets under the characters, the hint. */
export function renderProblems(problems: readonly Problem[], paint: Paint): string {
  return problems.map((problem) => `${renderProblem(problem, paint)}\n`).join('');
}

function renderProblem(problem: Problem, paint: Paint): string {
  const lines = [`${paint.red('error')}: ${problem.message}`];
  if (problem.place !== undefined) lines.push(...renderPlace(problem.place, paint));
  if (problem.hint !== undefined) lines.push(`${paint.cyan('hint')}: ${problem.hint}`);
  return lines.join('\n');
}

function renderPlace(place: Place, paint: Paint): string[] {
  const visible = place.text.replaceAll('\t', ' ');
  const start = place.column - 1;
  const before = columnsOf(place.text.slice(0, start));
  const carets = ' '.repeat(before) + '^'.repeat(Math.max(1, columnsOf(place.text.slice(start, start + place.length))));
  return [
    `  --> ${place.file}:${place.line}:${place.column}`,
    `   | ${visible}`.trimEnd(),
    `   | ${paint.red(carets)}`,
  ];
}

/** How wide a text stands on a terminal, near enough for carets: East Asian signs take two columns, marks upon others none. */
function columnsOf(text: string): number {
  const wide =
    /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303F\uFF01-\uFF60]/gu;
  return text.replaceAll(/\p{Mn}|\p{Cf}/gu, '').replaceAll(wide, '__').length;
}
