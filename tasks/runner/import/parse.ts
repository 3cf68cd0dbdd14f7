/** A Makefile as it is written, statement by statement. Lines count from 1. */
export type Statement =
  | {
      readonly kind: 'variable';
      readonly line: number;
      readonly name: string;
      readonly flavour: Flavour;
      readonly value: string;
      readonly isExported: boolean;
    }
  | {
      readonly kind: 'rule';
      readonly line: number;
      readonly targets: string;
      readonly needs: string;
      readonly recipe: readonly string[];
      readonly about: string | undefined;
    }
  /** What has no counterpart. Names that it gives a value or a rule are known all the same. */
  | {
      readonly kind: 'unknown';
      readonly line: number;
      readonly what: string;
      readonly variables: readonly string[];
      readonly targets: readonly string[];
    };

export type Flavour = '=' | ':=' | '?=' | '+=';

type Line = { readonly number: number; readonly text: string; readonly isRecipe: boolean };

const assignment = /^(?:(export|override|private)\s+)*([^\s:#=?+!$]+)\s*(\?=|\+=|!=|:{0,3}=)\s*(.*)$/;
const conditional = /^\s*(ifeq|ifneq|ifdef|ifndef)\b/;

/** Cuts a Makefile into statements. */
export function parseMakefile(text: string): readonly Statement[] {
  const lines = logicalLines(text);
  const statements: Statement[] = [];
  let comment: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    const trimmed = line.text.trim();
    if (trimmed.startsWith('#')) {
      comment.push(trimmed.replace(/^#+\s*/, ''));
      continue;
    }
    const block = blockAt(lines, index);
    if (block !== undefined) {
      statements.push(unknownBlock(block, line));
      index += block.length - 1;
    } else if (trimmed !== '') {
      const recipe = recipeAfter(lines, index);
      statements.push(statementOf(line, { recipe, comment }));
      index += recipe.consumed;
    }
    comment = [];
  }
  return statements;
}

/** A line that ends in a backslash goes on; in a recipe the shell joins it, so there both stay. */
function logicalLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  const physical = text.split(/\r?\n/);
  for (let index = 0; index < physical.length; index++) {
    const number = index + 1;
    const isRecipe = physical[index]?.startsWith('\t') === true;
    let whole = physical[index] ?? '';
    while (/(^|[^\\])(\\\\)*\\$/.test(whole) && index + 1 < physical.length) {
      const next = physical[++index] ?? '';
      whole = isRecipe ? `${whole}\n${next.replace(/^\t/, '')}` : `${whole.slice(0, -1).trimEnd()} ${next.trim()}`;
    }
    lines.push({ number, text: whole, isRecipe });
  }
  return lines;
}

/** The lines of a conditional or of a `define`, with its end. */
function blockAt(lines: readonly Line[], start: number): readonly Line[] | undefined {
  const first = lines[start];
  if (first === undefined || first.isRecipe) return undefined;
  const isDefine = /^\s*(override\s+)?define\b/.test(first.text);
  if (!isDefine && !conditional.test(first.text)) return undefined;
  let depth = 0;
  for (let index = start; index < lines.length; index++) {
    const text = lines[index]?.text ?? '';
    if (isDefine ? index === start : conditional.test(text)) depth++;
    if (isDefine ? /^\s*endef\b/.test(text) : /^\s*endif\b/.test(text)) depth--;
    if (depth === 0) return lines.slice(start, index + 1);
  }
  return lines.slice(start);
}

function unknownBlock(block: readonly Line[], first: Line): Statement {
  const words = first.text.trim().split(/\s+/);
  const isDefine = words.includes('define');
  const inner = block.slice(1, -1).filter((line) => !line.isRecipe && line.text.trim() !== '');
  const assigned = isDefine ? [words[words.indexOf('define') + 1] ?? ''] : [];
  return {
    kind: 'unknown',
    line: first.number,
    what: isDefine ? 'a text of several lines (`define`)' : `a condition (\`${words[0]}\`)`,
    variables: [...assigned, ...inner.flatMap(({ text }) => assignment.exec(text.trim())?.[2] ?? [])],
    targets: isDefine ? [] : inner.flatMap(({ text }) => (assignment.test(text.trim()) ? [] : targetsOf(text))),
  };
}

function targetsOf(text: string): readonly string[] {
  const [, targets = ''] = /^([^:=]+):/.exec(text) ?? [];
  return targets.split(/\s+/).filter((target) => target !== '');
}

type Recipe = { readonly steps: readonly string[]; readonly consumed: number };

function recipeAfter(lines: readonly Line[], start: number): Recipe {
  const steps: string[] = [];
  let consumed = 0;
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index];
    const isPart = line !== undefined && (line.isRecipe || /^\s*(#.*)?$/.test(line.text));
    if (!isPart) break;
    if (!line.isRecipe) continue;
    steps.push(line.text.slice(1));
    consumed = index - start;
  }
  return { steps, consumed };
}

function statementOf(
  { number: line, text }: Line,
  { recipe, comment }: { readonly recipe: Recipe; readonly comment: readonly string[] },
): Statement {
  const unknown = (what: string, variables: readonly string[] = [], targets: readonly string[] = []): Statement => ({
    kind: 'unknown',
    line,
    what,
    variables,
    targets,
  });
  const assigned = assignment.exec(text.trim());
  if (assigned !== null) {
    const [, , name = '', operator = '=', value = ''] = assigned;
    if (operator === '!=') return unknown(`the output of a command as a value (\`${name} !=\`)`, [name]);
    const flavour: Flavour = operator === '?=' || operator === '+=' || operator === '=' ? operator : ':=';
    const isExported = /^export\s/.test(text.trim());
    return { kind: 'variable', line, name, flavour, value: withoutComment(value), isExported };
  }
  const [word = ''] = text.trim().split(/\s+/);
  if (/^(-?include|sinclude|vpath|export|unexport|undefine|load)$/.test(word)) return unknown(`\`${word}\``);
  return ruleOf(line, text, { recipe, comment, unknown });
}

function ruleOf(
  line: number,
  text: string,
  {
    recipe,
    comment,
    unknown,
  }: {
    readonly recipe: Recipe;
    readonly comment: readonly string[];
    readonly unknown: (what: string, variables?: readonly string[], targets?: readonly string[]) => Statement;
  },
): Statement {
  const help = /##\s*(.+)$/.exec(text)?.[1];
  const [head = '', ...inline] = withoutComment(text).split(/;(.*)/s);
  const [, targets, separator, needs = ''] = /^((?:\$[({][^)}]*[)}]|[^:$])+?)\s*(&?::?)\s*(.*)$/.exec(head) ?? [];
  if (targets === undefined) return unknown(`\`${text.trim().slice(0, 40)}\``);
  const names = targets.split(/\s+/);
  if (separator !== ':') return unknown(`a rule with \`${separator}\``, [], names);
  const setsVariable = assignment.test(needs);
  if (setsVariable) return unknown(`a variable of one target (\`${text.trim()}\`)`, [], names);
  const isStaticPattern = /(^|\s)\S*%\S*\s*:/.test(needs);
  if (isStaticPattern) return unknown('a static pattern rule', [], names);
  const own = inline.filter((step) => step.trim() !== '').map((step) => step.trim());
  const about = help ?? (comment.length === 0 ? undefined : shortened(comment));
  return { kind: 'rule', line, targets, needs, recipe: [...own, ...recipe.steps], about };
}

function shortened(comment: readonly string[]): string {
  const whole = comment.filter((line) => line !== '').join(' ');
  return whole.length <= 100 ? whole : (comment.find((line) => line !== '') ?? '');
}

function withoutComment(text: string): string {
  return text
    .replace(/(^|[^\\])#.*$/s, '$1')
    .replaceAll('\\#', '#')
    .trim();
}
