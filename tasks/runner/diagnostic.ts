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
  const carets = ' '.repeat(place.column - 1) + '^'.repeat(Math.max(1, place.length));
  return [
    `  --> ${place.file}:${place.line}:${place.column}`,
    `   | ${visible}`.trimEnd(),
    `   | ${paint.red(carets)}`,
  ];
}
