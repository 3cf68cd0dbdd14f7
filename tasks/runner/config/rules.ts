import { toolFlagNames } from '../args.ts';
import { didYouMean, listed, messageOf } from '../errors.ts';
import type { Finding, Path } from './finding.ts';
import { freshRules } from './rules/inputs-and-outputs.ts';
import { platformRules } from './rules/platforms.ts';
import { quotingRules } from './rules/quoting.ts';
import { serviceRules } from './rules/services.ts';
import { templateRules } from './rules/templates.ts';
import { unreadRules } from './rules/unread.ts';
import { namesIn } from './template.ts';
import type { CheckRow, Config, ParamRow, TaskRow } from './types.ts';

/** What the shape of single values cannot say: keys that cannot be used together, unknown `${names}`, defaults of the wrong type. */
export function checkRules(config: Config, isRange: (range: string) => boolean): readonly Finding[] {
  return [
    ...Object.values(config.tasks).flatMap((task) => [
      ...contradictions(task),
      ...freshRules(task),
      ...paramRules(task),
      ...serviceRules(task),
      ...templateRules(config, task),
      ...quotingRules(config, task),
      ...unreadRules(config, task),
    ]),
    ...platformRules(config),
    ...Object.values(config.checks).flatMap((check) => checkRowRules(check, isRange)),
  ];
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
