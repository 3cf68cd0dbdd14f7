import { type Automatic, CouldNot } from './references.ts';
import type { Variables } from './variables.ts';
import { startsProgram } from './without-shell.ts';

export type Shell = {
  readonly variables: Variables;
  readonly oneShell: boolean;
  /** The variables that the Makefile exports. */
  readonly env: Readonly<Record<string, string>>;
  /** Filled with the variables that the caller may set and that stand outside of quotes. */
  readonly bare: Set<string>;
};

/** The commands of a recipe, as /bin/sh runs them one after another. */
export function recipeOf(recipe: readonly string[], automatic: Automatic, shell: Shell): readonly string[] {
  const { variables, oneShell } = shell;
  const steps = recipe.filter((step) => !/^\s*(#.*)?$/.test(step)).map((step) => withSigns(step, variables));
  if (
    oneShell &&
    steps.length > 1 &&
    steps.some(({ signs }, index) => signs.includes('-') || (index > 0 && signs !== ''))
  )
    throw new CouldNot('signs before a command with `.ONESHELL`');
  const [program = '', ...more] = variables.words('$(SHELL)');
  if (more.length > 0 || variables.isDefault('SHELL'))
    throw new CouldNot(`the shell \`${[program, ...more].join(' ')}\``);
  const isInOneShell = oneShell && steps.length > 1;
  const start = (command: string): string => {
    const isProgram = !isInOneShell && program === '/bin/sh' && startsProgram(variables.filled(command, automatic));
    return `${isProgram ? 'env ' : ''}${inConfig(command, automatic, shell)}`;
  };
  const plain = steps
    .map(({ signs, command }) => ({ signs, command: start(command) }))
    .filter(({ command }) => command.trim() !== '')
    .map(({ signs, command }) => (signs.includes('-') ? evenIfItFails(command) : command));
  const joined = oneShell && plain.length > 1 ? [plain.join('\n')] : plain;
  return /^(\/bin\/)?sh$/.test(program) ? joined : joined.map((step) => `${program} -c ${quoted(step, variables)}`);
}

/** `@` hides a command, which here is a matter of output; `-` ignores its failure. They may stand in a variable: `$(Q)`. */
function withSigns(step: string, variables: Variables): { readonly signs: string; readonly command: string } {
  const [, signs = '', command = ''] = /^([@+\s-]*)(.*)$/s.exec(step) ?? [];
  const [whole, long, short, next = ''] = /^\$(?:[({]([\w.-]+)[)}]|([A-Za-z]))(.?)/s.exec(command) ?? [];
  const name = long ?? short;
  if (whole === undefined || name === undefined) return { signs, command };
  const value = variables.constant(name);
  if (value === undefined && (/\S/.test(next) || variables.isDefault(name))) {
    const start = variables.filled(`$(${name})`).trim();
    if (/^[@+-]|^$/.test(start)) throw new CouldNot(`\`$(${name})\` before a command`);
  }
  if (value === undefined || !/^\s*([@+-]|$)/.test(value)) return { signs, command };
  const rest = command.slice(whole.length - next.length);
  const inner = withSigns(value.replaceAll('$', () => '$$') + rest, variables);
  return { signs: signs + inner.signs, command: inner.command };
}

function inConfig(step: string, automatic: Automatic, { variables, env, bare }: Shell): string {
  const met = new Set<string>();
  const text = variables.inConfig(step, {
    automatic,
    onEnvironment: (names, before) => {
      const quote = quoteAt(before);
      if (quote === "'") throw new CouldNot(`\`$(${names[0]})\`, which the caller sets, in single quotes`);
      for (const name of names) {
        met.add(name);
        if (quote === '' && name !== 'PWD') bare.add(name);
      }
    },
  });
  const others = text.replaceAll(givenOn, '').replaceAll(/\$\$\{\w+/g, '');
  for (const name of met) {
    const isSet = new RegExp(`(?<![$\\w]|\\$\\{)${name}\\b`).test(others);
    const changes = isSet || (name === 'PWD' && /\b(cd|pushd|popd)\b/.test(others));
    const what = name === 'PWD' ? 'the folder' : `\`$(${name})\``;
    if (changes || /\bset\s+-\w*u/.test(others)) throw new CouldNot(`${what}, which the command may change`);
  }
  for (const [, name = ''] of step.matchAll(/\$\$\{?(\w+)/g))
    if (variables.has(name) && !Object.hasOwn(env, name))
      throw new CouldNot(`\`$$${name}\`, which is the caller's or the Makefile's`);
  return text;
}

/** `GOOS=$(GOOS)`, which leaves the variable what it is. */
const givenOn = /(?<!\w)(\w+)=(["']?)\$\$\{\1(-[^{}]*)?\}\2(?=["'\s;&|)]|$)/g;

/** Where in doubt, single quotes. */
function quoteAt(before: string): string {
  let quote = '';
  for (let index = 0; index < before.length; index++) {
    const sign = before[index] ?? '';
    if (sign === '\\' && quote !== "'") index++;
    else if (quote === '' && /['"]/.test(sign)) quote = sign;
    else if (sign === quote) quote = '';
  }
  return before.split("'").length % 2 === 0 ? "'" : quote;
}

/** The commands as one that does nothing while there is such a file. */
export function whileMissing(name: string, commands: readonly string[]): readonly string[] {
  if (!/^[\w./+@,=:-]+$/.test(name))
    throw new CouldNot(`the file \`${name}\`, which make makes only while it is missing`);
  const [first, ...more] = commands.map((command) => (isSimple(command) ? command : `(${command}\n)`));
  if (first === undefined) return [];
  return [`[ -e ${name} ] || ${more.length === 0 ? first : `{ ${[first, ...more].join(' && ')}; }`}`];
}

function evenIfItFails(command: string): string {
  return isSimple(command) ? `${command} || true` : `(${command}\n) || true`;
}

/** One program, which changes nothing of the shell that starts it. */
function isSimple(command: string): boolean {
  return /^(?!(cd|exit|exec|export|return|\.|source|eval|set|trap|umask|unset|break|continue|:)\b|\w+=)[\w./][^;&|#\n]*$/.test(
    command,
  );
}

function quoted(command: string, variables: Variables): string {
  const usesVars = /(^|[^$])\$\{/.test(command);
  if (usesVars && Object.values(variables.vars()).some((value) => value.includes("'")))
    throw new CouldNot('a variable with quotes in a command of another shell');
  return `'${command.replaceAll("'", `'\\''`)}'`;
}
