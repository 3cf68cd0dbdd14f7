import type { Env } from '../host.ts';
import { literal } from '../text/literal.ts';

/** Takes out of a text what should not leave the machine. */
export type Redactor = {
  /** Tokens and passwords. */
  readonly secrets: (text: string) => string;
  /** Also the names of the user and the machine, their folders, and addresses. */
  readonly all: (text: string) => string;
};

type Options = {
  readonly env: Env;
  readonly root: string;
  readonly names: { readonly machine: string; readonly user: string | undefined };
};

type Rule = readonly [pattern: RegExp, put: string];

/** Shorter values would take harmless words with them. */
const leastSecretLength = 6;
const secretName = /TOKEN|SECRET|PASSW|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|COOKIE|AUTH/i;

const secretShapes: readonly Rule[] = [
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,})/g, '<secret>'],
  [/\b(?:xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|s[kr]-[\w-]{20,})/g, '<secret>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<secret>'],
  [/\b((?:Bearer|Basic) )[\w.~+/=-]{8,}/gi, '$1<secret>'],
  [/(\/\/)[^\s/@:]+:[^\s/@]+@/g, '$1<secret>@'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '<secret>'],
  [/\b((?:password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',;]{6,}/gi, '$1<secret>'],
];

const addresses: readonly Rule[] = [
  [/(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, '<address>'],
  [/\b(?!127\.|0\.0\.0\.0)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b(?!\.\d)/g, '<address>'],
  [/\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}:)+:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?(?![\w:])/gi, '<address>'],
  [/\/var\/folders\/[\w+-]+\/[\w+-]+/g, '/var/folders/<user>'],
];

/** Names that say nothing about anybody, and that are words of the reports. */
const common = ['root', 'localhost', ''];

/** Makes the redactor of this machine. */
export function makeRedactor({ env, root, names }: Options): Redactor {
  const ofSecrets = [...secretsIn(env), ...secretShapes];
  const ofAll = [...ofSecrets, ...folders(env, root), ...addresses, ...people(env, names)];
  return { secrets: (text) => apply(ofSecrets, text), all: (text) => apply(ofAll, text) };
}

function apply(rules: readonly Rule[], text: string): string {
  return rules.reduce((left, [pattern, put]) => left.replace(pattern, put), text);
}

function secretsIn(env: Env): Rule[] {
  return Object.entries(env).flatMap(([name, value]): Rule[] => {
    const isSecret = secretName.test(name) && value !== undefined && value.length >= leastSecretLength;
    return isSecret ? [[new RegExp(literal(value), 'g'), '<secret>']] : [];
  });
}

/** The longer path first, since one may lie in the other. */
function folders(env: Env, root: string): Rule[] {
  const known: readonly (readonly [path: string, put: string])[] = [
    [root, '<project>'],
    [env.HOME ?? '', '~'],
  ];
  return known
    .filter(([path]) => path.length > 1)
    .sort(([a], [b]) => b.length - a.length)
    .map(([path, put]) => [new RegExp(`${literal(path)}(?![\\w-])`, 'g'), put]);
}

function people(env: Env, { machine, user }: Options['names']): Rule[] {
  const users = [user, env.USER, env.LOGNAME, env.SUDO_USER];
  const machines = [machine, machine.split('.')[0], env.HOSTNAME, env.COMPUTERNAME];
  return [...wordRules(machines, '<machine>'), ...wordRules(users, '<user>')];
}

function wordRules(words: readonly (string | undefined)[], put: string): Rule[] {
  return [...new Set(words)].flatMap((word): Rule[] =>
    word === undefined || common.includes(word)
      ? []
      : [[new RegExp(`(?<![A-Za-z0-9])${literal(word)}(?![A-Za-z0-9])`, 'g'), put]],
  );
}
