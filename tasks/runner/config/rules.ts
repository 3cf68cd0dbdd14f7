import { toolFlagNames } from '../args.ts';
import { didYouMean, listed } from '../errors.ts';
import { aboutKeysOf, type Finding, type Path, thatHold } from './finding.ts';
import { freshRules } from './rules/inputs-and-outputs.ts';
import { platformRules } from './rules/platforms.ts';
import { quotingRules } from './rules/quoting.ts';
import { regexProblem, serviceRules } from './rules/services.ts';
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
  return messages.flatMap(({ pattern, check }, index) => {
    const at = (key: string, message: string): Finding => ({ path: [index, key], at: 'value', message });
    const title = `message ${index + 1}`;
    const problem = regexProblem(pattern);
    return thatHold([
      problem !== undefined && at('pattern', `the pattern of ${title} ${problem}`),
      check !== undefined &&
        !checkIds.includes(check) &&
        at('check', `${title} names unknown check id \`${check}\`${didYouMean(check, checkIds)}`),
    ]);
  });
}

function contradictions(task: TaskRow): readonly Finding[] {
  const at = aboutKeysOf(task.name);
  const hasRun = task.run.length > 0;
  const hasScript = task.script !== undefined;
  const hasNoWork = !hasRun && !hasScript && task.service === undefined;
  const argsAt = task.run.findIndex((step) => namesIn(step).includes('args'));
  return thatHold([
    hasRun && hasScript && at('script', 'has both `run` and `script`', 'keep one of them'),
    task.container !== undefined &&
      hasScript &&
      at(
        'container',
        'names a container for a `script`, which runs on this machine',
        'let the script start the container',
      ),
    task.container !== undefined && hasNoWork && at('container', 'names a container but has no `run`'),
    task.args !== undefined &&
      hasRun &&
      argsAt === -1 &&
      at('args', 'takes words that its `run` does not use', 'write `${args}` where they belong'),
    task.args === undefined &&
      argsAt !== -1 && {
        path: ['tasks', task.name, 'run', argsAt],
        at: 'value',
        part: '${args}',
        message: `task \`${task.name}\` uses \`\${args}\` but declares no \`args\``,
        hint: 'add `args: { name: file }`, with what one of the words is called',
      },
  ]);
}

function paramRules(task: TaskRow): readonly Finding[] {
  return Object.entries(task.params).flatMap(([name, param]): readonly Finding[] => {
    const path = ['tasks', task.name, 'params', name];
    const title = `param \`${name}\` of task \`${task.name}\``;
    const isTaken = toolFlagNames.includes(name) || name === 'args';
    const isEnum = param.type === 'enum';
    const hasValues = param.values.length > 0;
    const at = (where: Path, message: string, hint?: string): Finding => ({ path: where, at: 'key', message, hint });
    const findings = thatHold([
      isTaken && at(path, `${title} has the name of a flag of the runner`, 'give it another name'),
      isEnum && !hasValues && at(path, `${title} is an enum without \`values\``),
      !isEnum &&
        hasValues &&
        at([...path, 'values'], `${title} has \`values\` but is not an enum`, 'write `type: enum`'),
      param.required &&
        param.default !== undefined &&
        at([...path, 'default'], `${title} is required and has a default`, 'keep one of them'),
    ]);
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
  if (isRange(check.version)) return [];
  const message = `\`${check.version}\` is not a version range`;
  return [{ path: [...path, 'version'], at: 'value', message, hint: 'write a range as in `>=1.2` or `^4.3`' }];
}
