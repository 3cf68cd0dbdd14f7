import type { Imported, ImportedTask } from './convert.ts';

/** The config as text, as a person would write it. */
export function writeConfig({ vars, tasks }: Imported, makefile: string): string {
  return [
    '# yaml-language-server: $schema=./node_modules/zx-tasks/schema.json',
    `# Made from ${makefile}.`,
    'version: 1',
    ...(Object.keys(vars).length === 0 ? [] : ['vars:', ...table(vars).map((line) => `  ${line}`)]),
    ...(tasks.length === 0 ? ['tasks: {}'] : ['tasks:']),
    ...tasks.flatMap((task) => [...linesOf(task), '']).slice(0, -1),
    '',
  ].join('\n');
}

function linesOf(task: ImportedTask): readonly string[] {
  const { name, about, needs, inputs, outputs, env, run, lock, interactive, throughMake } = task;
  const body = [
    ...(throughMake === undefined ? [] : [`# Still make's: ${throughMake}.`]),
    ...(about === undefined ? [] : [`about: ${scalar(about)}`]),
    ...list('needs', needs),
    ...list('inputs', inputs),
    ...list('outputs', outputs),
    ...(outputs.length === 0 ? [] : ['incremental: true']),
    ...(Object.keys(env).length === 0 ? [] : ['env:', ...table(env).map((line) => `  ${line}`)]),
    ...(lock === undefined ? [] : [`lock: ${lock}`]),
    ...(interactive ? ['interactive: true'] : []),
    ...steps(run),
  ];
  const isEmpty = body.every((line) => line.startsWith('#'));
  return [`  ${scalar(name)}:${isEmpty ? ' {}' : ''}`, ...body.map((line) => `    ${line}`)];
}

function list(key: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${key}: [${values.map(inFlow).join(', ')}]`];
}

function steps(run: readonly string[]): readonly string[] {
  const [only] = run;
  if (only === undefined) return [];
  return run.length === 1 ? written('run: ', only) : ['run:', ...run.flatMap((step) => written('  - ', step))];
}

/** A step of several lines stands as it is, below its key. */
function written(start: string, step: string): readonly string[] {
  if (!step.includes('\n')) return [`${start}${scalar(step)}`];
  const indent = ' '.repeat(start.startsWith(' ') ? 4 : 2);
  return [`${start}|-`, ...step.split('\n').map((line) => `${indent}${line}`)];
}

function table(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${scalar(name)}: ${scalar(value)}`);
}

/** Plain where YAML reads it back as the same text. */
function scalar(text: string): string {
  if (text.includes('\n')) return JSON.stringify(text);
  const isPlain =
    /^([A-Za-z]|\.?\/)[^#:\t]*$/.test(text) &&
    !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) &&
    text === text.trim();
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}

function inFlow(text: string): string {
  return /^[A-Za-z0-9][\w./-]*$/.test(text) ? scalar(text) : `'${text.replaceAll("'", "''")}'`;
}
