import * as v from 'valibot';
import {
  about,
  duration,
  filled,
  httpUrl,
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
  type: v.optional(about(v.picklist(['string', 'int', 'bool', 'enum']), 'default: `string`')),
  about: text('shown by --help'),
  default: v.optional(
    about(scalar, 'the value if it is not given; without a default, that is empty, or false for a `bool`'),
  ),
  required: yes('whether it must be given'),
  values: texts('the values of an enum'),
});

const args = v.strictObject({
  name: about(v.string(), 'how --help calls one of the words'),
  about: text('shown by --help'),
  required: yes('whether at least one word must be given'),
  max: v.optional(about(wholeFrom1, 'how many words at most')),
  values: texts('the words that are allowed'),
});

const retry = v.strictObject({
  times: about(wholeFrom1, 'the number of tries after the first'),
  backoff: v.optional(about(duration, 'the pause before the second try, doubled before each further one; default: 1s')),
});

const ready = v.strictObject({
  http: text('a URL that answers with a status below 400'),
  tcp: v.optional(about(v.union([v.string(), wholeFrom1]), 'a port, or `host:port`, that accepts connections')),
  log: text('a regular expression for a line of its output'),
  command: text('a command that exits with 0'),
  health: text('the name of a container whose health check passes'),
  within: v.optional(about(duration, 'how long that may take; default: 60s')),
});

const service = v.strictObject({
  run: about(notEmpty, 'one command for /bin/sh, which runs until it is stopped'),
  ready: v.optional(
    about(ready, 'the signs that it is ready, all of which must be seen; without any, it is ready once started'),
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
  needs: texts('tasks that run before this one, each once'),
  requires: texts('checks that must pass before the task starts, after its needs have run'),
  container: filled('the image in which `run` runs'),
  run: v.optional(about(oneOrMany, 'one command or a list of steps for /bin/sh')),
  script: filled('a TypeScript file that exports `run(context)`'),
  params: v.optional(about(v.record(identifier, param), 'flags of the task')),
  args: v.optional(about(args, 'the words after the task')),
  platforms: v.optional(about(v.array(platform), 'where the task runs; elsewhere it is skipped')),
  env: v.optional(about(v.record(variable, scalar), 'variables set for the command')),
  inputs: v.optional(
    about(
      v.array(input),
      'globs of the files that the task reads; with inputs, it runs only when something has changed',
    ),
  ),
  outputs: texts('globs of the files that the task writes'),
  envInputs: texts("variables of the caller's environment on which the result depends"),
  watch: texts('globs of the files whose change starts it again with `--watch`; default: `inputs`'),
  cache: yes('whether outputs are stored and restored; default: true, if the task has inputs and outputs'),
  incremental: yes('whether the outputs of the last run stay in place, for tools that update them'),
  cwd: text("where the command runs, relative to the config's folder; the caller's folder is `$TASKS_CALLED_FROM`"),
  timeout: v.optional(about(duration, 'the time after which the task is ended and fails with 124')),
  interactive: yes(
    'whether the task gets the terminal to itself, and the stdin of the caller; otherwise stdin is empty',
  ),
  hidden: yes('whether --list leaves it out'),
  confirm: filled('a question that must be answered with yes before anything starts'),
  finally: v.optional(
    about(oneOrMany, 'steps that run after the task however it ended, each even if one before it failed'),
  ),
  retry: v.optional(about(retry, 'how to try again after a failure')),
  lock: v.optional(
    about(v.union([notEmpty, v.array(notEmpty)]), 'names; tasks that share one never run at the same time'),
  ),
  weight: v.optional(about(wholeFrom1, 'how many of the `--jobs` the task takes; default: 1')),
  service: v.optional(about(service, 'a process that runs in the background while tasks need it')),
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
    about(v.strictObject(v.entriesFromList(managers, text('the package'))), 'package manager → package'),
  ),
  docs: text('where the check is explained: a file and an anchor'),
  script: filled('a TypeScript file that exports `checks`'),
});

const cache = v.strictObject({
  maxSize: v.optional(
    about(
      v.pipe(v.string(), v.regex(/^\d+(MB|GB)$/, 'a size is written `500MB` or `5GB`')),
      'how much is stored at most; default: 5GB',
    ),
  ),
  folder: filled('the folder in which outputs are stored, as `tasks-cache`; default: `.tasks/cache/store`'),
  remote: v.optional(
    about(
      v.strictObject({
        url: about(httpUrl, 'the server'),
        mode: v.optional(about(v.picklist(['read', 'read-write']), 'default: `read`')),
        timeout: v.optional(about(duration, 'how long a request may remain unanswered; default: 10s')),
      }),
      'a server that stores outputs for several machines',
    ),
  ),
});

const policy = v.strictObject({
  on: about(platform, 'the platform to which the rule applies'),
  forbid: about(v.picklist(['host']), 'what the rule forbids'),
  tasks: about(v.pipe(v.array(v.string()), v.minLength(1, 'at least one name')), 'names or globs'),
  because: about(v.string(), 'the reason'),
  instead: about(v.string(), 'the command to run instead'),
});

/** `tasks.config.yaml`. */
export const configSchema = v.strictObject({
  version: about(v.literal(1), 'the version of this format'),
  include: v.optional(
    about(v.record(identifier, v.string()), 'other configs: `docs: docs/tasks.config.yaml` makes their tasks `docs:*`'),
  ),
  dotenv: v.optional(
    about(oneOrMany, 'files of variables, which are set unless the caller has set them; later files win'),
  ),
  vars: v.optional(about(v.record(identifier, scalar), 'values for ${name}')),
  secrets: texts('environment variables whose values are masked in all output'),
  messages: text('a YAML file of known failures'),
  cache: v.optional(about(cache, 'where the outputs of tasks are stored')),
  policy: v.optional(about(v.array(policy), 'rules that forbid tasks on a platform')),
  checks: v.optional(about(v.record(name, check), 'what `requires` names and `doctor` runs')),
  tasks: about(v.record(name, task), 'the tasks of this project'),
});

/** The file that `messages` names. */
export const messagesSchema = v.array(
  v.strictObject({
    pattern: about(v.string(), 'a regular expression for one line of output'),
    check: text('the id of the check that looks into it'),
    cause: v.string(),
    remedy: about(v.string(), 'the command that fixes it'),
  }),
);

export type RawConfig = v.InferOutput<typeof configSchema>;
export type RawTask = v.InferOutput<typeof task>;
export type RawCheck = v.InferOutput<typeof check>;
export type RawMessage = v.InferOutput<typeof messagesSchema>[number];
