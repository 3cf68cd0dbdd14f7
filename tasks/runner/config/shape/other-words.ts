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
