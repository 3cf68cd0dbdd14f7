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
  { shown: '--list', about: 'the tasks of this project' },
  { shown: '--help [task]', about: 'this text, or what a task does and takes' },
  { shown: '--version', about: 'the version of the runner' },
  { shown: '--dry-run', about: 'print what would run, where and why; start nothing' },
  {
    shown: '--graph[=FORM]',
    about: 'draw what needs what, of all tasks or of those named: text, mermaid, dot or json',
    values: ['text', 'mermaid', 'dot', 'json'],
  },
  { shown: '--only', about: 'without what the tasks need' },
  { shown: '--force', about: 'run also what is up to date, and take nothing from the cache' },
  { shown: '--explain', about: 'say why each task runs' },
  { shown: '--watch', about: 'go on, and after each change run again what it affects; Ctrl-C ends it' },
  { shown: '--fix', about: 'mend what the machine lacks before the first task' },
  { shown: '--yes', about: 'answer yes to every confirmation' },
  { shown: '--jobs=N', about: 'how many tasks run at once (default: one per core)' },
  { shown: '--keep-going', about: 'after a failure, run all that does not depend on it' },
  { shown: '--fail-fast', about: 'after a failure, stop what runs' },
  { shown: '--host', about: 'run on this machine the tasks that name a container' },
  { shown: '--engine=NAME', about: 'podman or docker', values: ['podman', 'docker'] },
  {
    shown: '--output=NAME',
    about: 'list (on a terminal, for several tasks), plain, prefixed, github or json',
    values: ['list', 'plain', 'prefixed', 'github', 'json'],
  },
  { shown: '--quiet', about: 'only what fails, and what the tasks themselves print' },
  { shown: '--verbose', about: 'also the commands, where each task runs, and what took the time' },
  { shown: '--profile=FILE', about: 'write the times of all tasks for a trace viewer (Perfetto, chrome://tracing)' },
  { shown: '--init', about: 'write a config to begin with' },
  { shown: '--import=MAKEFILE', about: 'write a config that does what a Makefile did' },
  {
    shown: '--completion=SHELL',
    about: 'print what makes bash, zsh or fish complete tasks and flags',
    values: ['bash', 'zsh', 'fish'],
  },
];

const width = Math.max(...flagRows.map(({ shown }) => shown.length));

/** The text of `--help`. */
export const usage = `usage: tasks [flags] task [flags of the task] [task …] [-- words for the last task's command]

Tasks named one after another run one after another; what a task needs runs first, in parallel where it can.

${flagRows.map(({ shown, about }) => `  ${shown.padEnd(width)}  ${about}\n`).join('')}
exit codes: a failed task's own code · 2 wrong usage · 3 wrong config · 4 the machine is not ready ·
70 a bug in the runner · 124 timed out · 130, 143, 129 interrupted (a watch ends so)
`;
