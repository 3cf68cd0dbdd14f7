// This file is longer than 200 lines because it is one list of rules, each of a few lines.
import { toolFlagNames } from '../args.ts';
import { didYouMean, listed, messageOf } from '../errors.ts';
import type { Finding, Path } from './finding.ts';
import { freshRules } from './rules/inputs-and-outputs.ts';
import { platformRules } from './rules/platforms.ts';
import { quotingRules } from './rules/quoting.ts';
import { serviceRules } from './rules/services.ts';
import { unreadRules } from './rules/unread.ts';
import { namesIn, unclosedIn } from './template.ts';
import type { CheckRow, Config, ParamRow, TaskRow } from './types.ts';

/** What the shape of single values cannot say: keys that exclude each other, unknown `${names}`, defaults of the wrong type. */
export function checkRules(config: Config, isRange: (range: string) => boolean): readonly Finding[] {
  return [
    ...Object.values(config.tasks).flatMap((task) => [
      ...contradictions(task),
      ...freshRules(task),
      ...paramRules(task),
      ...serviceRules(task),
      ...templates(config, task),
      ...quotingRules(config, task),
      ...unreadRules(config, task),
    ]),
    ...platformRules(config),
    ...Object.values(config.checks).flatMap((check) => checkRowRules(check, isRange)),
  ];
}

/** A var may use those above it, and those of the including files. */
export function checkVars(vars: Readonly<Record<string, unknown>>, outer: Config['vars']): readonly Finding[] {
  const above = Object.keys(outer);
  return Object.entries(vars).flatMap(([name, value]) => {
    const findings = unknownIn(String(value), above, ['vars', name]).map((finding) => tooEarly(finding, vars));
    above.push(name);
    return findings;
  });
}

/** A var that stands further down is known, only not yet. */
function tooEarly(finding: Finding, vars: Readonly<Record<string, unknown>>): Finding {
  const used = finding.part?.slice(2, -1) ?? '';
  return Object.hasOwn(vars, used)
    ? { ...finding, hint: `a var may use those above it: move \`${used}\` up` }
    : finding;
}

/** Are the patterns of the known failures regular expressions? Their paths are those of the messages' own file. */
export function checkMessages(messages: Config['messages'], checkIds: readonly string[]): readonly Finding[] {
  return messages.flatMap((row, index): Finding[] => {
    const findings: Finding[] = [];
    try {
      new RegExp(row.pattern);
    } catch (error) {
      findings.push({
        path: [index, 'pattern'],
        at: 'value',
        message: `the pattern of message ${index + 1} cannot be read: ${messageOf(error)}`,
      });
    }
    if (row.check !== undefined && !checkIds.includes(row.check)) {
      findings.push({
        path: [index, 'check'],
        at: 'value',
        message: `message ${index + 1} names unknown check id \`${row.check}\`${didYouMean(row.check, checkIds)}`,
      });
    }
    return findings;
  });
}

function contradictions(task: TaskRow): Finding[] {
  const at = (key: string, message: string, hint?: string): Finding => ({
    path: ['tasks', task.name, key],
    at: 'key',
    message: `task \`${task.name}\` ${message}`,
    ...(hint === undefined ? {} : { hint }),
  });
  const hasRun = task.run.length > 0;
  const usesArgs = task.run.some((step) => namesIn(step).includes('args'));
  const findings: Finding[] = [];
  if (hasRun && task.script !== undefined)
    findings.push(at('script', 'has both `run` and `script`', 'keep one of them'));
  if (task.container !== undefined && task.script !== undefined) {
    findings.push(
      at(
        'container',
        'names a container for a `script`, which runs on this machine',
        'let the script start the container',
      ),
    );
  }
  const hasNoWork = !hasRun && task.script === undefined && task.service === undefined;
  if (task.container !== undefined && hasNoWork) findings.push(at('container', 'names a container but has no `run`'));
  if (task.args !== undefined && hasRun && !usesArgs)
    findings.push(at('args', 'takes words that its `run` does not use', 'write `${args}` where they belong'));
  if (task.args === undefined && usesArgs) {
    const index = task.run.findIndex((step) => namesIn(step).includes('args'));
    const message = `task \`${task.name}\` uses \`\${args}\` but declares no \`args\``;
    const hint = 'add `args: { name: file }`, with what one of the words is called';
    findings.push({ path: ['tasks', task.name, 'run', index], at: 'value', part: '${args}', message, hint });
  }
  return findings;
}

function paramRules(task: TaskRow): Finding[] {
  return Object.entries(task.params).flatMap(([name, param]): Finding[] => {
    const path = ['tasks', task.name, 'params', name];
    const title = `param \`${name}\` of task \`${task.name}\``;
    const findings: Finding[] = [];
    const isTaken = toolFlagNames.includes(name) || name === 'args';
    if (isTaken)
      findings.push({
        path,
        at: 'key',
        message: `${title} has the name of a flag of the runner`,
        hint: 'give it another name',
      });
    if (param.type === 'enum' && param.values.length === 0)
      findings.push({ path, at: 'key', message: `${title} is an enum without \`values\`` });
    if (param.type !== 'enum' && param.values.length > 0)
      findings.push({
        path: [...path, 'values'],
        at: 'key',
        message: `${title} has \`values\` but is not an enum`,
        hint: 'write `type: enum`',
      });
    if (param.required && param.default !== undefined)
      findings.push({
        path: [...path, 'default'],
        at: 'key',
        message: `${title} is required and has a default`,
        hint: 'keep one of them',
      });
    return [...findings, ...defaultRule(title, param, [...path, 'default'])];
  });
}

function defaultRule(title: string, param: ParamRow, path: Path): Finding[] {
  const value = param.default;
  if (value === undefined) return [];
  const fits: Record<ParamRow['type'], boolean> = {
    string: typeof value === 'string',
    int: Number.isInteger(value),
    bool: typeof value === 'boolean',
    enum: typeof value === 'string' && param.values.includes(value),
  };
  if (fits[param.type]) return [];
  const wanted =
    param.type === 'enum'
      ? `one of ${listed(param.values)}`
      : { string: 'a string', int: 'a whole number', bool: 'true or false' }[param.type];
  const message = `the default of ${title} must be ${wanted}`;
  if (param.type !== 'string') return [{ path, at: 'value', message }];
  const orType =
    typeof value === 'boolean' ? ', or add `type: bool`' : Number.isInteger(value) ? ', or add `type: int`' : '';
  return [{ path, at: 'value', message, hint: `write it in quotes, \`'${value}'\`${orType}` }];
}

function templates(config: Config, task: TaskRow): Finding[] {
  if (task.matrix !== undefined) return [];
  const own = ['tasks', task.name];
  const inCell = Object.keys(task.cell?.values ?? {});
  const known = [...Object.keys(config.vars), ...inCell, ...Object.keys(task.params)];
  const inRun = [...known, ...(task.args === undefined ? [] : ['args'])];
  return [
    ...task.run.flatMap((step, index) => unknownIn(step, inRun, [...own, 'run', index])),
    ...task.finally.flatMap((step, index) => unknownIn(step, inRun, [...own, 'finally', index])),
    ...Object.entries(task.env).flatMap(([key, value]) => unknownIn(value, known, [...own, 'env', key])),
    ...(task.inputs ?? []).flatMap((input, index) =>
      typeof input === 'string'
        ? unknownIn(input, known, [...own, 'inputs', index])
        : unknownIn(input.command, known, [...own, 'inputs', index, 'command']),
    ),
    ...task.outputs.flatMap((glob, index) => unknownIn(glob, known, [...own, 'outputs', index])),
    ...(task.watch ?? []).flatMap((glob, index) => unknownIn(glob, known, [...own, 'watch', index])),
    ...(task.locks ?? []).flatMap((lock, index) => unknownIn(lock, known, [...own, 'lock', index])),
    ...serviceTemplates(task, inRun, known),
    ...unknownIn(task.container ?? '', known, [...own, 'container']),
    ...unknownIn(task.cwd ?? '', known, [...own, 'cwd']),
    ...unknownIn(task.confirm ?? '', known, [...own, 'confirm']),
  ];
}

function serviceTemplates({ name, service }: TaskRow, inRun: readonly string[], known: readonly string[]): Finding[] {
  if (service === undefined) return [];
  const path = ['tasks', name, 'service'];
  const ofSigns = (service.ready?.signs ?? []).flatMap(({ kind, value }) =>
    unknownIn(value, known, [...path, 'ready', kind]),
  );
  return [...unknownIn(service.run, inRun, [...path, 'run']), ...ofSigns];
}

function unknownIn(text: string, known: readonly string[], path: Path): Finding[] {
  const part = unclosedIn(text);
  const unclosed: Finding[] =
    part === undefined
      ? []
      : [
          {
            path,
            at: 'value',
            part,
            message: `a \`}\` is missing after \`${part}\``,
            hint: `\`$$${'{'}\` is a \`${'${'}\` for the shell`,
          },
        ];
  return [...unclosed, ...unknownNamesIn(text, known, path)];
}

function unknownNamesIn(text: string, known: readonly string[], path: Path): Finding[] {
  return namesIn(text).flatMap((name): Finding[] => {
    const isToldAlready = name === 'args' && path.includes('run');
    if (known.includes(name) || isToldAlready) return [];
    const part = `\${${name}}`;
    const forTheShell = /^\w+$/.test(name) ? `\`$${name}\` or \`$$${part.slice(1)}\`` : `\`$$${part.slice(1)}\``;
    return [
      {
        path,
        at: 'value',
        part,
        message: `unknown name \`${name}\` in \`${part}\`${didYouMean(name, known)}`,
        hint: `names are those of \`vars\` and \`params\`; ${isRead(path) ? `for a variable of the shell, write ${forTheShell}` : 'no shell reads this, so it cannot name an environment variable'}`,
      },
    ];
  });
}

/** Whether a shell reads the value, or may: a var stands in a command. */
function isRead([section, , key, inner, last]: Path): boolean {
  return section === 'vars' || key === 'run' || key === 'finally' || inner === 'run' || last === 'command';
}

function checkRowRules(check: CheckRow, isRange: (range: string) => boolean): Finding[] {
  if (check.kind === 'script') return [];
  const path = ['checks', check.name];
  if (check.command === '')
    return [{ path, at: 'key', message: `check \`${check.name}\` has neither \`command\` nor \`script\`` }];
  if (!isRange(check.version))
    return [
      {
        path: [...path, 'version'],
        at: 'value',
        message: `\`${check.version}\` is not a version range`,
        hint: 'write a range as in `>=1.2` or `^4.3`',
      },
    ];
  return [];
}
