import { isPlainWord } from '../text/shell/quote.ts';
import { messagesOf } from './messages.ts';
import { argumentsOf } from './names.ts';
import { commandOf } from './of-caller.ts';
import { refuseOutput } from './output.ts';
import { type Automatic, CouldNot } from './references.ts';
import type { Variables } from './variables.ts';
import { startsProgram } from './without-shell.ts';

export type Shell = {
  readonly variables: Variables;
  readonly oneShell: boolean;
  /** The variables that the Makefile exports. */
  readonly env: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  /** Filled with what the shell makes words of: variables that the caller may set, and outputs of commands. */
  readonly bare: Set<string>;
  /** Other targets are made first. */
  readonly needsOthers: boolean;
  /** Tasks that call make for other folders run one after another. */
  readonly mayCallMake: boolean;
};

/** The commands of a recipe, as /bin/sh runs them one after another. */
export function recipeOf(recipe: readonly string[], automatic: Automatic, shell: Shell): readonly string[] {
  const { variables, oneShell } = shell;
  const written = recipe.filter((step) => !/^\s*(#.*)?$/.test(step));
  const messages = messagesOf(written, variables);
  const steps = written.slice(messages.length).map((step) => withSigns(step, variables));
  if (
    oneShell &&
    steps.length > 1 &&
    steps.some(({ signs }, index) => signs.includes('-') || (index > 0 && signs !== ''))
  )
    throw new CouldNot('signs before a command with `.ONESHELL`');
  const words = shellOf(variables);
  const isSh = /^(\/bin\/)?sh -c$/.test(words);
  const isInOneShell = oneShell && steps.length > 1;
  const start = (command: string, index: number): string => {
    const isProgram =
      !isInOneShell && /^\/bin\/sh -\w+$/.test(words) && startsProgram(variables.filled(command, automatic));
    const isLate = index > 0 || shell.needsOthers;
    return `${isProgram ? 'env ' : ''}${inConfig(ofOtherMakefiles(command, shell), automatic, { ...shell, isLate })}`;
  };
  const plain = steps
    .map(({ signs, command }, index) => ({ signs, command: start(command, index) }))
    .filter(({ command }) => command.trim() !== '');
  const joined = isInOneShell ? [{ signs: '', command: plain.map(({ command }) => command).join('\n') }] : plain;
  const commands = joined
    .map(({ signs, command }) => ({ signs, step: isSh ? command : `${words} ${quoted(command, variables)}` }))
    .map(({ signs, step }) => (signs.includes('-') ? evenIfItFails(step) : step));
  return [...messages, ...commands];
}

/** The shell and its options, as make starts it. */
function shellOf(variables: Variables): string {
  const words = [
    ...variables.words('$(SHELL)'),
    ...(variables.has('.SHELLFLAGS') ? variables.words('$(.SHELLFLAGS)') : ['-c']),
  ];
  if (variables.isDefault('SHELL') || words.some((word) => !isPlainWord(word)))
    throw new CouldNot(`the shell \`${words.join(' ')}\``);
  return words.join(' ');
}

/** What is made in another folder is made as before. */
function ofOtherMakefiles(command: string, { variables, mayCallMake }: Shell): string {
  if (!mayCallMake || variables.has('MAKEFLAGS')) return command;
  const there = '(?:[\\w./-]*\\w[\\w./-]*|\\$[({](?!CURDIR|PWD|shell|abspath)\\w*(?<!ROOT|TOP|TOPDIR)[)}][\\w./-]*)';
  return command
    .replaceAll(new RegExp(`\\$[({]MAKE[)}](?=\\s+-C\\s*${there}(\\s|$))`, 'g'), 'make')
    .replaceAll(new RegExp(`(?<=\\bcd\\s+${there}\\s*(?:&&|;)\\s*)\\$[({]MAKE[)}]`, 'g'), 'make');
}

/** `@` hides a command, which here is a matter of output; `-` ignores its failure. They may stand in a variable: `$(Q)`. */
function withSigns(step: string, variables: Variables): { readonly signs: string; readonly command: string } {
  const [, signs = '', command = ''] = /^([@+\s-]*)(.*)$/s.exec(step) ?? [];
  const [whole, long, short, next = ''] = /^\$(?:[({]([\w.-]+)[)}]|([A-Za-z]))(.?)/s.exec(command) ?? [];
  const name = long ?? short;
  if (whole === undefined || name === undefined) return { signs, command };
  const value = onlyHides(name, variables) ? '' : variables.constant(name);
  if (value === undefined) {
    const start = variables.filled(`$(${name})`).trim();
    const mayBeNone = start === '' && (/\S/.test(next) || variables.isDefault(name));
    if (mayBeNone || /^[@+-]/.test(start)) throw new CouldNot(`\`$(${name})\` before a command`);
  }
  if (value === undefined || !/^\s*([@+-]|$)/.test(value)) return { signs, command };
  const rest = command.slice(whole.length - next.length);
  const inner = withSigns(value.replaceAll('$', () => '$$') + rest, variables);
  return { signs: signs + inner.signs, command: inner.command };
}

/** `$(if $(V),,@)`: whichever it is, it only hides the command or does not. */
function onlyHides(name: string, variables: Variables): boolean {
  const [only, ...more] = variables.chunksOf(name);
  const [, content = ''] = /^\$\(if\s+(.*)\)\s*$/s.exec(only?.text ?? '') ?? [];
  const [asked = '', ...either] = argumentsOf(content);
  const isOther = more.length > 0 || variables.isDefault(name) || /\b(shell|eval|error|file|call)\b/.test(asked);
  return !isOther && [1, 2].includes(either.length) && either.every((text) => /^\s*@?\s*$/.test(text));
}

function inConfig(
  step: string,
  automatic: Automatic,
  { variables, env, exports, bare, isLate }: Shell & { readonly isLate: boolean },
): string {
  const met = new Set<string>();
  const text = variables.inConfig(step, {
    automatic,
    onEnvironment: (all, quote, before) => {
      for (const one of all) {
        const command = commandOf(one);
        if (command !== undefined && Object.hasOwn(exports, 'PATH'))
          throw new CouldNot('a command that make finds in the `PATH` of the caller');
        if (command !== undefined) refuseOutput(command, { quote, before, isLate });
        else if (quote === 'uncertain') throw new CouldNot(`\`$(${one})\`, which the caller sets, in single quotes`);
        else met.add(one);
        if (quote === '' && one !== 'PWD') bare.add(one);
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
    if (variables.has(name) && !Object.hasOwn({ ...env, ...exports }, name))
      throw new CouldNot(`\`$$${name}\`, which is the caller's or the Makefile's`);
  return text;
}

/** `GOOS=$(GOOS)`, which leaves the variable what it is. */
const givenOn = /(?<!\w)(\w+)=(?:(["']?)\$\$\{\1(?:-[^{}]*)?\}\2|''"\$\$\{\1(?:-[^{}]*)?\}"'')(?=["'\s;&|)]|$)/g;

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
export function isSimple(command: string): boolean {
  return /^(?!(cd|exit|exec|export|return|\.|source|eval|set|trap|umask|unset|break|continue|:)\b|\w+=)[\w./][^;&|#\n]*$/.test(
    command,
  );
}

function quoted(command: string, variables: Variables): string {
  if (Object.values(variables.varsOf([command])).some((value) => value.includes("'")))
    throw new CouldNot('a variable with quotes in a command of another shell');
  return `'${command.replaceAll("'", `'\\''`)}'`;
}
