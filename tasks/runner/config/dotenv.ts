import { join } from 'node:path';
import { messageOf, type Problem, UserError } from '../errors.ts';
import type { Env, Host } from '../host.ts';
import { readVariables } from './dotenv-lines.ts';
import { readTextOrPipe } from './read-file.ts';
import type { Config } from './types.ts';

type Values = Readonly<Record<string, string>>;

/** The environment with the variables of the config's `dotenv` files. */
export type Environment = {
  /** The caller's with the folder of the call, and the variables of the root's files that the caller has not set. */
  readonly env: Env;
  /** What an included file's own files add for its tasks, by its namespace. */
  readonly dotenv: Readonly<Record<string, Values>>;
};

/**
 * Reads the `dotenv` files, anew in every run. What the caller has set stays; a later file wins over an earlier one, and an
 * included file's over those of the files that include it. A file that is missing adds nothing: mostly it is not committed.
 */
export async function readEnvironment(
  host: Pick<Host, 'cwd' | 'env' | 'readText' | 'readPipe'>,
  root: string,
  config: Pick<Config, 'dotenv' | 'scopes'>,
): Promise<Environment> {
  const problems: Problem[] = [];
  const ofFiles = async (files: readonly string[]): Promise<Values> => {
    const texts = await Promise.all(files.map((file) => readFile(host, root, file)));
    const read = texts.map((text, index) => readVariables(text, files[index] ?? ''));
    for (const file of read) for (const problem of file.problems) problems.push(problem);
    return Object.fromEntries(read.flatMap(({ pairs }) => pairs).filter(([name]) => host.env[name] === undefined));
  };
  const scopes = Object.entries(config.scopes).map(
    async ([namespace, { dotenv }]): Promise<[string, Values]> => [namespace, await ofFiles(dotenv)],
  );
  const outer = await ofFiles(config.dotenv);
  const inner = Object.fromEntries(await Promise.all(scopes));
  if (problems.length > 0) throw new UserError('config', problems);
  return { env: { ...host.env, ...outer, TASKS_CALLED_FROM: host.cwd }, dotenv: withOuter(inner) };
}

/** Keepers of passwords offer theirs in a named pipe. */
async function readFile(host: Pick<Host, 'readText' | 'readPipe'>, root: string, file: string): Promise<string> {
  try {
    return (await readTextOrPipe(host, join(root, file))) ?? '';
  } catch (error) {
    throw new UserError('config', [{ message: `the dotenv file \`${file}\` cannot be read: ${messageOf(error)}` }]);
  }
}

/** `docs:api` has what `docs` has, and its own over it. */
function withOuter(own: Readonly<Record<string, Values>>): Readonly<Record<string, Values>> {
  const outerFirst = (namespace: string): Values => {
    const steps = namespace.split(':');
    return Object.assign({}, ...steps.map((_, index) => own[steps.slice(0, index + 1).join(':')])) as Values;
  };
  return Object.fromEntries(Object.keys(own).map((namespace) => [namespace, outerFirst(namespace)]));
}
