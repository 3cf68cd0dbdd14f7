import { engines, graphForms, outputs, shells } from './args.ts';

/** A flag of the tool as help, documents and completion show it. */
export type FlagRow = {
  /** `--jobs=N`: with what a value is called. */
  readonly shown: string;
  readonly about: string;
  /** The values to choose from. */
  readonly values?: readonly string[];
};

/** Every flag that the tool owns, in the order in which help shows them. */
export const flagRows: readonly FlagRow[] = [
  { shown: '--list', about: 'list the tasks of this project' },
  { shown: '--help [task]', about: 'show this text, or what a task does and takes' },
  { shown: '--version', about: 'print the version of the runner' },
  { shown: '--dry-run', about: 'show what would run, where and why, and start nothing' },
  {
    shown: '--graph[=FORM]',
    about: 'show which task needs which, for all tasks or those named: text, mermaid, dot or json',
    values: graphForms,
  },
  { shown: '--only', about: 'run the named tasks without those that they need' },
  { shown: '--force', about: 'run tasks that are up to date too, and take nothing from the cache' },
  { shown: '--explain', about: 'say why each task runs' },
  { shown: '--watch', about: 'run again after each change what it affects, until Ctrl-C' },
  { shown: '--fix', about: 'before the first task, install or repair what the machine lacks' },
  { shown: '--yes', about: 'answer yes to every confirmation' },
  { shown: '--jobs=N', about: 'run at most N tasks at once (default: one per core)' },
  { shown: '--keep-going', about: 'after a failure, still run all that does not depend on it' },
  { shown: '--fail-fast', about: 'after a failure, stop the tasks that are running' },
  { shown: '--host', about: 'run tasks that name a container on this machine instead' },
  { shown: '--engine=NAME', about: 'the container engine: podman or docker', values: engines },
  {
    shown: '--output=NAME',
    about: 'how to show the run: list (on a terminal, for several tasks), plain, prefixed, github or json',
    values: outputs,
  },
  { shown: '--quiet', about: 'show only failures, and what the tasks themselves print' },
  { shown: '--verbose', about: 'also show the commands, where each task runs, and where the time went' },
  { shown: '--profile=FILE', about: 'write a timeline of all tasks for a trace viewer (Perfetto, chrome://tracing)' },
  { shown: '--init', about: 'write a config to start from' },
  { shown: '--import=MAKEFILE', about: 'write a config that does what a Makefile does' },
  {
    shown: '--completion=SHELL',
    about: 'print the script that lets bash, zsh or fish complete tasks and flags',
    values: shells,
  },
];

const width = Math.max(...flagRows.map(({ shown }) => shown.length));

/** The text of `--help`. */
export const usage = `usage: tasks [flags] task [flags of the task] [task …] [-- words for the last task's command]

The tasks run in the order in which they are named; what a task needs runs before it, in parallel where possible.

${flagRows.map(({ shown, about }) => `  ${shown.padEnd(width)}  ${about}\n`).join('')}
exit codes: 0 done or skipped · a failed task's own code · 2 wrong usage · 3 wrong config ·
4 the machine is not ready · 70 a bug in the runner · 124 timed out · 130, 143, 129, 131 interrupted, as a watch always is
`;
