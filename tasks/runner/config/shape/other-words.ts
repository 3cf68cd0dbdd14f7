import type { Path } from '../finding.ts';

/** What other runners call the keys of ours. */
const words: ReadonlyMap<string, string> = new Map(
  Object.entries({
    about: ['desc', 'description', 'help', 'summary'],
    confirm: ['prompt'],
    cwd: ['dir', 'workdir', 'working-directory', 'workingDirectory'],
    env: ['environment'],
    finally: ['defer'],
    hidden: ['internal', 'private'],
    include: ['includes', 'extends'],
    inputs: ['sources', 'files', 'srcs'],
    needs: ['deps', 'depends', 'depends_on', 'dependsOn', 'dependencies'],
    outputs: ['generates', 'outs'],
    platforms: ['os'],
    requires: ['preconditions'],
    run: ['cmd', 'cmds', 'command', 'commands', 'exec'],
    tasks: ['scripts', 'targets'],
  }).flatMap(([ours, theirs]) => theirs.map((word): [string, string] => [word, ours])),
);

/** The key that is meant by what another runner calls it so, where that key is valid. */
export function ourWordFor(key: string, valid: readonly string[]): string | undefined {
  const ours = words.get(key);
  return ours !== undefined && valid.includes(ours) ? ours : undefined;
}

const bash = 'commands are for /bin/sh: what needs bash goes into a script, `run: bash build.sh`';
const orTrue = 'write `command || true`';
const condition = 'write it in the command, `if …; then …; fi`; for one system, `platforms`';

/** How that is done here for which other runners have a key, and we have none. */
const ofTasks: ReadonlyMap<string, string> = new Map([
  ['continue-on-error', orTrue],
  ['dotenv', '`dotenv` belongs at the top level of the config'],
  ['env_file', '`dotenv` belongs at the top level of the config'],
  ['if', condition],
  ['ignore_error', orTrue],
  ['set', bash],
  ['shell', bash],
  ['silent', 'commands are shown only with `--verbose`'],
  ['status', 'with `inputs` and `outputs` a task runs only when something has changed'],
  ['vars', 'values for one task are its `params`, with a `default`'],
  ['when', condition],
]);
const ofConfig: ReadonlyMap<string, string> = new Map([
  ['default', '`tasks` alone lists the tasks; a task is run by its name'],
  ['env', '`dotenv: [defaults.env]` sets variables for all tasks, `env` of a task those of one'],
  ['set', bash],
  ['shell', bash],
  ['silent', 'commands are shown only with `--verbose`'],
]);

export function wayWithout(key: string, owner: Path): string | undefined {
  if (owner.length === 0) return ofConfig.get(key);
  return owner.length === 2 && owner[0] === 'tasks' ? ofTasks.get(key) : undefined;
}
