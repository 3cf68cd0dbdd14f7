import { nameOfCondition } from './conditions.ts';
import { blockEnds, isDefinition, type Line } from './lines.ts';
import { boundless, type Export, type Rule, type Statement, statementOf, type Unknown, unknown } from './statement.ts';

/** Cuts the lines of a Makefile into statements. */
export function parseMakefile(lines: readonly Line[]): readonly Statement[] {
  return parseLines({ lines, ends: blockEnds(lines), from: 0, to: lines.length }, 'outermost').statements;
}

/** Some of the lines of a Makefile. They are not copied, which would take long where conditions are deep within each other. */
type Part = {
  readonly lines: readonly Line[];
  readonly ends: ReturnType<typeof blockEnds>;
  readonly from: number;
  readonly to: number;
};

type Reading = {
  readonly statements: Statement[];
  /** The rule to which a line of a recipe belongs. */
  open: Rule | undefined;
  /** Why such a line may belong to another one. */
  doubt: string | undefined;
  /** Of a block: lines that go on with the recipe that was open where it began. */
  goesOn: boolean;
};

function parseLines(part: Part, place: 'outermost' | 'in a recipe' | 'in a block'): Reading {
  const { lines, ends, from, to } = part;
  const reading: Reading = { statements: [], open: undefined, doubt: undefined, goesOn: false };
  const { statements } = reading;
  let comment: string[] = [];
  let isStart = true;
  for (let index = from; index < to; index++) {
    const line = lines[index];
    if (line === undefined) break;
    const trimmed = line.text.trim();
    if (line.isRecipe && reading.open !== undefined) {
      reading.open.recipe.push(line.text.slice(1));
      reading.open.lost ??= reading.doubt;
    } else if (line.isRecipe && place === 'in a recipe' && isStart) {
      reading.goesOn = true;
    } else if (trimmed.startsWith('#')) {
      comment.push(trimmed.replace(/^#+\s*/, ''));
      continue;
    } else if (place !== 'outermost' && /^else\b/.test(trimmed)) {
      reading.open = undefined;
      isStart = true;
    } else if (line.isRecipe && statements.some(({ kind }) => kind === 'rule')) {
      statements.push(boundless(line.number, 'a command that belongs to no rule'));
    } else if (trimmed !== '') {
      const end = Math.min(ends.get(index) ?? index, to);
      if (end === index) readLine(reading, line, comment);
      else readBlock(reading, { ...part, from: index, to: end }, line);
      index = Math.max(index, end - 1);
      isStart = false;
    }
    comment = [];
  }
  return reading;
}

function readLine(reading: Reading, line: Line, comment: readonly string[]): void {
  const text = line.isRecipe ? line.text.replaceAll(/\\\n\s*/g, ' ').trimStart() : line.text;
  const statement = statementOf({ ...line, text }, comment);
  reading.statements.push(statement);
  reading.doubt = undefined;
  reading.open = statement.kind === 'rule' ? statement : ruleWithoutTask(statement);
}

/** What is not taken over may have a recipe too, which must not be taken for another rule's. */
function ruleWithoutTask(statement: Statement): Rule | undefined {
  const mayHaveRecipe = statement.kind === 'unknown' && (statement.targets.length > 0 || statement.isBoundless);
  const { line } = statement;
  return mayHaveRecipe
    ? { kind: 'rule', line, targets: '', needs: '', recipe: [], about: undefined, lost: undefined }
    : undefined;
}

function readBlock(reading: Reading, block: Part, first: Line): void {
  const inside = { ...block, from: block.from + 1, to: block.to - 1 };
  if (isDefinition(first)) {
    reading.statements.push(...definitionOf(first, block.lines.slice(inside.from, inside.to)));
    reading.open = undefined;
    return;
  }
  const what = nameOfCondition(first);
  const inner = parseLines(inside, reading.open === undefined ? 'in a block' : 'in a recipe');
  if (inner.goesOn && reading.open !== undefined) reading.open.lost ??= `${what} in its recipe`;
  reading.statements.push(unknownBlock(inner.statements, first.number, what));
  if (inner.statements.length === 0) return;
  reading.doubt = what;
  reading.open ??= ruleWithoutTask(boundless(first.number, what));
}

function definitionOf({ number: line, text }: Line, inner: readonly Line[]): readonly Statement[] {
  const [, name = '$'] = /\bdefine\s+([^\s=:?+]+)/.exec(text) ?? [];
  const what = 'a variable of several lines (`define`)';
  if (name.includes('$')) return [boundless(line, what)];
  const exported: readonly Export[] = /\bexport\b/.test(text) ? [{ kind: 'export', line, names: [name] }] : [];
  const isPlain = /^\s*define\s+\S+\s*=?\s*$/.test(text) && !inner.some(isDefinition);
  const lines = isPlain ? { lines: inner.map((one) => one.text) } : {};
  return [{ ...unknown(line, what, { variables: [name] }), ...lines }, ...exported];
}

/** All that the statements of a condition may change, whichever of them hold. */
function unknownBlock(statements: readonly Statement[], line: string, what: string): Unknown {
  const inner = statements.map((statement) => {
    if (statement.kind === 'rule') return unknown(line, what, { targets: [statement.targets] });
    if (statement.kind === 'variable' && statement.isExported) return boundless(line, what);
    if (statement.kind === 'variable') return unknown(line, what, { variables: [statement.name] });
    return statement.kind === 'export' ? boundless(line, what) : statement;
  });
  const whole = inner.find(({ isBoundless }) => isBoundless);
  return {
    kind: 'unknown',
    line,
    what: whole === undefined || whole.what === what ? what : `${whole.what} in ${what}`,
    variables: inner.flatMap(({ variables }) => variables),
    targets: inner.flatMap(({ targets }) => targets),
    isBoundless: whole !== undefined,
    isCondition: true,
  };
}
