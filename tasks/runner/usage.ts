/** The text of `--help`. */
export const usage = `usage: tasks [flags] task [flags of the task] [task …] [-- words for the last task's command]

Tasks named one after another run one after another; what a task needs runs first, in parallel where it can.

  --list             the tasks of this project
  --help [task]      this text, or what a task does and takes
  --version          the version of the runner
  --dry-run          print what would run, where and why; start nothing
  --only             without what the tasks need
  --force            run also what is up to date, and take nothing from the cache
  --explain          say why each task runs
  --fix              mend what the machine lacks before the first task
  --yes              answer yes to every confirmation
  --jobs=N           how many tasks run at once (default: one per core)
  --keep-going       after a failure, run all that does not depend on it
  --fail-fast        after a failure, stop what runs
  --host             run on this machine the tasks that name a container
  --engine=NAME      podman or docker
  --output=NAME      list (on a terminal), plain, prefixed, github or json
  --quiet            only what fails, and what the tasks themselves print
  --verbose          also the commands, where each task runs, and what took the time
  --profile=FILE     write the times of all tasks for a trace viewer (Perfetto, chrome://tracing)

exit codes: a failed task's own code · 2 wrong usage · 3 wrong config · 4 the machine is not ready ·
70 a bug in the runner · 124 timed out · 130, 143, 129 interrupted
`;
