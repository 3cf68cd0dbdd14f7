import { didYouMean } from '../../errors.ts';
import type { Finding } from '../finding.ts';
import { namesIn, unclosedIn } from '../template.ts';
import type { Config, TaskRow } from '../types.ts';
import { expandVars, longestVar } from '../vars.ts';
import { type Text, textsOf } from './texts.ts';

/** Is each `${name}` that a task uses one that it has, and each `${` closed? */
export function templateRules(config: Config, task: TaskRow): readonly Finding[] {
  const inCell = Object.keys(task.cell?.values ?? {});
  const known = [...Object.keys(config.vars), ...inCell, ...Object.keys(task.params)];
  const inSteps = task.args === undefined ? known : [...known, 'args'];
  return textsOf(task).flatMap((text) => unknownIn(text, text.takesArgs === true ? inSteps : known));
}

/** Does each var use only those above it, and those of the including files, and is it short enough with them? */
export function checkVars(vars: Readonly<Record<string, unknown>>, outer: Config['vars']): readonly Finding[] {
  const above = Object.keys(outer);
  const unknown = Object.entries(vars).flatMap(([name, value]) => {
    const findings = unknownIn({ text: String(value), path: ['vars', name], kind: 'command' }, above).map((finding) =>
      tooEarly(finding, vars),
    );
    above.push(name);
    return findings;
  });
  return [...unknown, ...[...expandVars(vars, outer).tooLong].map(tooLong)];
}

function tooLong([name, length]: readonly [name: string, length: number]): Finding {
  return {
    path: ['vars', name],
    at: 'value',
    message: `var \`${name}\` would be ${length} characters long with all that it uses filled in`,
    hint: `no command can be longer than ${longestVar} characters: keep what is so long in a file, and name that`,
  };
}

/** A var that stands further down is known, only not yet. */
function tooEarly(finding: Finding, vars: Readonly<Record<string, unknown>>): Finding {
  const used = finding.part?.slice(2, -1) ?? '';
  return Object.hasOwn(vars, used)
    ? { ...finding, hint: `a var may use those above it: move \`${used}\` up` }
    : finding;
}

function unknownIn(text: Text, known: readonly string[]): readonly Finding[] {
  const part = unclosedIn(text.text);
  const message = `a \`}\` is missing after \`${part}\``;
  const hint = `\`$$${'{'}\` is a \`${'${'}\` for the shell`;
  const unclosed: readonly Finding[] =
    part === undefined ? [] : [{ path: text.path, at: 'value', part, message, hint }];
  return [...unclosed, ...unknownNamesIn(text, known)];
}

function unknownNamesIn({ text, path, kind }: Text, known: readonly string[]): readonly Finding[] {
  return namesIn(text).flatMap((name): readonly Finding[] => {
    const isToldAlready = name === 'args' && path.includes('run');
    if (known.includes(name) || isToldAlready) return [];
    const part = `\${${name}}`;
    const forTheShell = /^\w+$/.test(name) ? `\`$${name}\` or \`$$${part.slice(1)}\`` : `\`$$${part.slice(1)}\``;
    const otherwise =
      kind === 'command'
        ? `for a variable of the shell, write ${forTheShell}`
        : 'no shell reads this, so it cannot name an environment variable';
    const message = `unknown name \`${name}\` in \`${part}\`${didYouMean(name, known)}`;
    return [{ path, at: 'value', part, message, hint: `names are those of \`vars\` and \`params\`; ${otherwise}` }];
  });
}
