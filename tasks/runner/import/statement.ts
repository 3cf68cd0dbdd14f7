import type { Line } from './lines.ts';

/** A Makefile as it is written, statement by statement. */
export type Statement = Assignment | Rule | Export | Unknown;

export type Assignment = {
  readonly kind: 'variable';
  readonly line: string;
  readonly name: string;
  readonly flavour: Flavour;
  readonly value: string;
  readonly isExported: boolean;
};

export type Rule = {
  readonly kind: 'rule';
  readonly line: string;
  readonly targets: string;
  readonly needs: string;
  /** Of a static pattern rule: what stands for `%` in it stands so in what its targets need. */
  readonly pattern?: string | undefined;
  /** Grows while the lines after the rule are read. */
  readonly recipe: string[];
  readonly about: string | undefined;
  /** Why its recipe is not known. */
  lost: string | undefined;
};

export type Export = { readonly kind: 'export'; readonly line: string; readonly names: readonly string[] };

/** What has no counterpart. Names that it gives a value or a rule are known all the same. */
export type Unknown = {
  readonly kind: 'unknown';
  readonly line: string;
  readonly what: string;
  readonly variables: readonly string[];
  /** As they are written. */
  readonly targets: readonly string[];
  /** It may set any variable and add to any target. */
  readonly isBoundless: boolean;
  readonly isCondition?: boolean;
  /** The names of the files that it includes, as they are written. */
  readonly included?: string;
  /** What make prints where it ends because of it. */
  readonly stops?: string;
  /** The lines of a variable (`define`), of which recipes can be made. */
  readonly lines?: readonly string[];
};

export type Flavour = '=' | ':=' | '?=' | '+=';

const assignment = /^((?:(?:export|override|private)\s+)*)([^\s:#=?+!$]+)\s*(\?=|\+=|!=|:{0,3}=)\s*(.*)$/s;

/** Reads a line that is neither a recipe's nor part of a block. */
export function statementOf({ number: line, text }: Line, comment: readonly string[]): Statement {
  const [, modifiers = '', name = '', operator = '', value = ''] = assignment.exec(text.trimStart()) ?? [];
  if (name !== '') {
    const why = whyUnclear(name, { modifiers, operator, value });
    if (why !== undefined) return unknown(line, why, { variables: [name] });
    const flavour: Flavour = operator === '?=' || operator === '+=' || operator === '=' ? operator : ':=';
    const isExported = /\bexport\b/.test(modifiers);
    return { kind: 'variable', line, name, flavour, value: withoutComment(value), isExported };
  }
  const [word = '', ...rest] = withoutComment(text).trim().split(/\s+/);
  if (word === 'undefine') return unknown(line, '`undefine`', { variables: rest });
  const isNamed = rest.length > 0 && rest.every((other) => !other.includes('$'));
  if (word === 'export' && isNamed) return { kind: 'export', line, names: rest };
  if (/^(-?include|sinclude)$/.test(word))
    return { ...boundless(line, `\`${[word, ...rest].join(' ')}\``), included: rest.join(' ') };
  if (/^(vpath|export|unexport|load)$/.test(word)) return boundless(line, `\`${word}\``);
  if (/^\s*\$[({](info|warning)\s/.test(text)) return unknown(line, 'what is printed while the Makefile is read', {});
  const [, stops] = /^\s*\$[({]error\s+(.*)[)}]\s*$/s.exec(text) ?? [];
  if (stops !== undefined) return { ...boundless(line, `\`${text.trim().slice(0, 40)}\``), stops };
  return ruleOf(line, text, comment);
}

function whyUnclear(
  name: string,
  { modifiers, operator, value }: { readonly modifiers: string; readonly operator: string; readonly value: string },
): string | undefined {
  if (operator === '!=') return `the output of a command as a value (\`${name} !=\`)`;
  if (/\bprivate\b/.test(modifiers)) return '`private`';
  return /\\\\#/.test(value) ? 'a value with `\\\\#`' : undefined;
}

/** What has no counterpart, where it is known what it gives a value or a rule. */
export function unknown(
  line: string,
  what: string,
  { variables = [], targets = [] }: { readonly variables?: readonly string[]; readonly targets?: readonly string[] },
): Unknown {
  return { kind: 'unknown', line, what, variables, targets, isBoundless: false };
}

/** What may set any variable and add to any target. */
export function boundless(line: string, what: string): Unknown {
  return { ...unknown(line, what, {}), isBoundless: true };
}

function ruleOf(line: string, text: string, comment: readonly string[]): Statement {
  const help = /##\s*(.+)$/.exec(text)?.[1];
  const plain = withoutComment(text).trim();
  const [head = '', inline] = plain.split(/;(.*)/s);
  const [, targets, separator, needs = ''] = /^((?:\$[({][^)}]*[)}]|[^:$])+?)\s*(&?::?)\s*(.*)$/.exec(head) ?? [];
  const outside = targets?.replaceAll(/\$[({][^)}]*[)}]/g, '');
  if (targets === undefined || outside?.includes('=') || needs.startsWith('='))
    return boundless(line, `\`${text.trim().slice(0, 40)}\``);
  const lost = (what: string): Statement => unknown(line, what, { targets: [targets] });
  if (separator !== ':') return lost(`a rule with \`${separator}\``);
  if (assignment.test(needs)) return lost(`a variable of one target (\`${text.trim()}\`)`);
  const [, pattern, needsOfStem] = /^([^\s:]*%[^\s:]*)\s*:(?![:=])\s*(.*)$/s.exec(needs) ?? [];
  if (/:/.test((needsOfStem ?? needs).replaceAll(/\$[({][^)}]*[)}]/g, ''))) return lost(`\`${plain.slice(0, 40)}\``);
  if (inline !== undefined && plain !== text.trim()) return lost('a `#` in a rule of one line');
  const above = comment.length === 0 ? undefined : shortened(comment);
  // `## build: Build it` above `build:`, as a `help` target reads it.
  const about = help ?? (above?.startsWith(`${targets}: `) ? above.slice(targets.length + 1).trim() : above);
  const recipe = inline === undefined || inline.trim() === '' ? [] : [inline.trim()];
  return { kind: 'rule', line, targets, needs: needsOfStem ?? needs, pattern, recipe, about, lost: undefined };
}

function shortened(comment: readonly string[]): string {
  const whole = comment.filter((line) => line !== '').join(' ');
  return whole.length <= 100 ? whole : (comment.find((line) => line !== '') ?? '');
}

/** The white space before a comment is part of a value: make keeps it too. */
function withoutComment(text: string): string {
  return text.replace(/(^|[^\\])#.*$/s, '$1').replaceAll('\\#', '#');
}
