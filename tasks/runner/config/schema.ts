import * as v from 'valibot';
import {
  about,
  duration,
  filled,
  identifier,
  name,
  notEmpty,
  oneOrMany,
  platform,
  scalar,
  text,
  texts,
  variable,
  wholeFrom1,
  yes,
} from './schema-parts.ts';

/*
 * The config as it is written. One definition gives the check at run time, the types, and `schema.json` for editors.
 * Valibot is loaded only when a config must be read anew, so nothing on the start-up path may import this file eagerly.
 */

const param = v.strictObject({
  type: v.optional(about(v.picklist(['string', 'int', 'bool', 'enum']), 'string when absent')),
  about: text('shown by --help'),
  default: v.optional(about(scalar, 'what it is when not given; without, empty, or false for a `bool`')),
  required: yes('whether the task cannot start without it'),
  values: texts('what an enum may be'),
});

const args = v.strictObject({
  name: about(v.string(), 'how --help calls one of the words'),
  about: text('shown by --help'),
  required: yes('whether at least one word must be given'),
  max: v.optional(about(wholeFrom1, 'how many words at most')),
  values: texts('the words that are allowed'),
});

const retry = v.strictObject({
  times: about(wholeFrom1, 'how many tries after the first'),
  backoff: v.optional(
    about(duration, 'the pause before the second try, doubled before each further one; 1s when absent'),
  ),
});

const ready = v.strictObject({
  http: text('a URL that answers with a status below 400'),
  tcp: v.optional(about(v.union([v.string(), wholeFrom1]), 'a port, or `host:port`, that takes connections')),
  log: text('a regular expression for a line of its output'),
  command: text('a command that exits with 0'),
  health: text('the name of a container whose health check passes'),
  within: v.optional(about(duration, 'how long that may take; 60s when absent')),
});

const service = v.strictObject({
  run: about(notEmpty, 'one command for /bin/sh, which goes on until it is stopped'),
  ready: v.optional(
    about(ready, 'the signs that it is ready, all of which must be there; without, it is ready once started'),
  ),
});

const cellValue = v.union([
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]+$/, 'a value becomes part of a name: letters, digits and `_ . -`')),
  v.number(),
]);

const input = v.union([
  v.string(),
  v.strictObject({ command: about(v.string(), 'a command whose output is an input') }),
]);

const task = v.strictObject({
  about: text('one line for --list'),
  aliases: v.optional(about(v.array(name), 'other names of the task')),
  group: text('the heading in --list'),
  needs: texts('tasks that run first, each once'),
  requires: texts('checks that must pass before the task starts, once its needs are done'),
  container: filled('the image in which `run` runs'),
  run: v.optional(about(oneOrMany, 'one command or a list of steps for /bin/sh')),
  script: filled('a TypeScript file that exports `run(context)`'),
  params: v.optional(about(v.record(identifier, param), 'flags of the task')),
  args: v.optional(about(args, 'the words after the task')),
  platforms: v.optional(about(v.array(platform), 'where the task runs; elsewhere it is skipped')),
  env: v.optional(about(v.record(variable, scalar), 'variables set for the command')),
  inputs: v.optional(
    about(v.array(input), 'globs of the files that the task reads; with them it runs only when something changed'),
  ),
  outputs: texts('globs of the files that the task writes'),
  envInputs: texts("variables of the caller's environment that the result depends on"),
  watch: texts('globs of the files that start it again with `--watch`; `inputs` when absent'),
  cache: yes('whether outputs are kept and restored; true when absent, if the task has inputs and outputs'),
  incremental: yes('whether the outputs of the last run stay in place for tools that build upon them'),
  cwd: text("the command's folder, from the folder of the config"),
  timeout: v.optional(about(duration, 'after which the task is ended and fails with 124')),
  interactive: yes('whether the task gets the terminal alone, and the stdin of the caller; for others it is empty'),
  hidden: yes('left out of --list'),
  confirm: filled('a question to be answered with yes before anything starts'),
  finally: v.optional(
    about(oneOrMany, 'steps that run after the task however it ended, each also after one that failed'),
  ),
  retry: v.optional(about(retry, 'tries again after a failure')),
  lock: v.optional(
    about(v.union([notEmpty, v.array(notEmpty)]), 'names of which no two tasks may hold the same at one time'),
  ),
  weight: v.optional(about(wholeFrom1, 'how many of the `--jobs` the task takes; 1 when absent')),
  service: v.optional(about(service, 'goes on in the background while tasks need it')),
  matrix: v.optional(about(v.record(identifier, v.array(cellValue)), 'one task `name:value` for each combination')),
});

const managers = ['apt', 'dnf', 'pacman', 'brew', 'pipx', 'npm'] as const;

const check = v.strictObject({
  id: about(
    v.pipe(v.string(), v.regex(/^[A-Z]{2,4}\d{3}$/, 'an id is two to four capitals and three digits: `EN001`')),
    'never changes',
  ),
  command: text('prints the version of the tool'),
  version: text('a semver range'),
  about: text('what the tool is for'),
  group: text('the heading in the report'),
  needs: texts('ids of checks that must pass first'),
  platforms: v.optional(about(v.array(platform), 'where the check applies')),
  install: v.optional(
    about(v.strictObject(v.entriesFromList(managers, v.optional(v.string()))), 'package manager → package'),
  ),
  docs: text('where more is written about the check: a file and an anchor'),
  script: filled('a TypeScript file that exports `checks`'),
});

const cache = v.strictObject({
  maxSize: v.optional(
    about(v.pipe(v.string(), v.regex(/^\d+(MB|GB)$/, 'a size is written `500MB` or `5GB`')), '5GB when absent'),
  ),
  folder: filled('the folder in which it is kept, as `tasks-cache`; `.tasks/cache/store` when absent'),
  remote: v.optional(
    v.strictObject({
      url: about(
        v.pipe(v.string(), v.regex(/^https?:\/\//, 'a URL begins with `http://` or `https://`')),
        'the server',
      ),
      mode: v.optional(about(v.picklist(['read', 'read-write']), '`read` when absent')),
      timeout: v.optional(about(duration, 'how long a request may stay without an answer; 10s when absent')),
    }),
  ),
});

const policy = v.strictObject({
  on: about(platform, 'the platform to which the row applies'),
  forbid: about(v.picklist(['host']), 'what may not be asked for'),
  tasks: about(v.pipe(v.array(v.string()), v.minLength(1, 'at least one name')), 'names or globs'),
  because: about(v.string(), 'the reason'),
  instead: about(v.string(), 'the command to run instead'),
});

/** `tasks.config.yaml`. */
export const configSchema = v.strictObject({
  version: about(v.literal(1), 'of this format'),
  include: v.optional(
    about(v.record(identifier, v.string()), 'other configs: `docs: docs/tasks.config.yaml` makes their tasks `docs:*`'),
  ),
  dotenv: v.optional(
    about(oneOrMany, 'files of variables, as if the caller had set those that are not set; a later file wins'),
  ),
  vars: v.optional(about(v.record(identifier, scalar), 'values for ${name}')),
  secrets: texts('environment variables whose values no output may show'),
  messages: text('a YAML file of known failures'),
  cache: v.optional(about(cache, 'where what tasks have written is kept')),
  policy: v.optional(v.array(policy)),
  checks: v.optional(about(v.record(name, check), 'what `requires` names and `doctor` runs')),
  tasks: about(v.record(name, task), 'what can be done here'),
});

/** The file that `messages` names. */
export const messagesSchema = v.array(
  v.strictObject({
    pattern: about(v.string(), 'a regular expression for one line of output'),
    check: text('the id of the check that looks into it'),
    cause: v.string(),
    remedy: about(v.string(), 'the command that mends it'),
  }),
);

export type RawConfig = v.InferOutput<typeof configSchema>;
export type RawTask = v.InferOutput<typeof task>;
export type RawCheck = v.InferOutput<typeof check>;
export type RawMessage = v.InferOutput<typeof messagesSchema>[number];
