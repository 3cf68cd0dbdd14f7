import { dirname, join, relative, resolve } from 'node:path';
import { configName } from './config/config-name.ts';
import { refuseBesideMisnamed } from './config/misnamed.ts';
import { readNamed, readTextOrPipe } from './config/read-file.ts';
import { messageOf, UserError, usageError } from './errors.ts';
import type { Host } from './host.ts';
import { machineProblem } from './machine-problem.ts';

type StarterHost = Pick<Host, 'cwd' | 'readText' | 'readPipe' | 'replaceFile' | 'exists' | 'folderId'>;

const starter = `# yaml-language-server: $schema=./node_modules/zx-tasks/schema.json
# What can be done in this project: \`npx tasks --list\` shows it, \`npx tasks --help build\` describes one task.
version: 1

# Values for \${name} in commands.
vars:
  greeting: hello

# What tasks require of a machine; \`npx tasks doctor\` checks all of it.
checks:
  node: { id: ND001, command: node --version, version: '>=20', install: { brew: node } }

tasks:
  build:
    about: Build what is needed for the rest
    requires: [node]
    # inputs: [src]                     # with these it runs only when something has changed,
    # outputs: [out]                    # and what it wrote comes back from a cache
    run:                                # a command for /bin/sh, or a list that stops at the first failure
      - mkdir -p out
      - echo '\${greeting}' > out/greeting.txt

  test:
    about: Look at what was built
    aliases: [check]
    needs: [build]                      # runs first, once
    params:                             # \`npx tasks test --times=2\`
      times: { type: int, default: 1, about: how often to look }
    run: for i in $(seq \${times}); do cat out/greeting.txt; done

  clean:
    about: Remove what was built
    run: rm -rf out
`;

/** `--init`: writes a config to begin with. */
export async function init(host: StarterHost): Promise<string> {
  await writeNew(host, starter);
  return `wrote \`${configName}\`; \`npx tasks --list\` shows its tasks\n`;
}

/** `--import FILE`: writes a config that does what a Makefile did, and tells what it could not take over. */
export async function importMakefile(host: StarterHost, path: string): Promise<string> {
  const file = resolve(host.cwd, path);
  const read = await readNamed({ readText: (file) => readTextOrPipe(host, file) }, file, path);
  if ('problem' in read) throw usageError(read.problem, 'name a Makefile, as in `--import=Makefile`');
  const { text } = read;
  const [{ refuseOtherTools }, { includedLines }, { convert }, { writeConfig }] = await Promise.all([
    import('./import/other-tools.ts'),
    import('./import/include.ts'),
    import('./import/convert.ts'),
    import('./import/write.ts'),
  ]);
  refuseOtherTools(path, text);
  const disk = {
    exists: (name: string) => host.exists(resolve(host.cwd, name)),
    isFolder: (name: string) => host.folderId(resolve(host.cwd, name)) !== undefined,
  };
  const readIncluded = async (name: string): Promise<string | undefined> => {
    const other = await readNamed(host, resolve(host.cwd, name), name);
    return 'text' in other ? other.text : undefined;
  };
  const { lines, files } = await includedLines(text, readIncluded);
  const imported = convert(lines, { makefile: path, included: files, disk });
  await writeNew(host, writeConfig(imported, path));
  const { tasks, notes } = imported;
  const whole = tasks.filter(({ run }) => !run.some((step) => /(^|[\s;&|(])make\s/.test(step))).length;
  const all = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
  return [
    `wrote \`${configName}\`: ${all}, ${whole} of them without make`,
    ...noteOfFolder(host, file),
    ...notes.map((note) => `note: ${note}`),
    '',
  ].join('\n');
}

function noteOfFolder({ cwd }: StarterHost, file: string): readonly string[] {
  const folder = relative(cwd, dirname(file));
  return folder === '' ? [] : [`note: the tasks run here, as with \`make -f\`, and not in \`${folder}\``];
}

async function writeNew(host: StarterHost, text: string): Promise<void> {
  const path = join(host.cwd, configName);
  if (host.exists(path))
    throw usageError(`\`${configName}\` already exists, and is not overwritten`, 'move it away first');
  await refuseBesideMisnamed(host);
  try {
    host.replaceFile(path, text);
  } catch (error) {
    throw new UserError('usage', [
      { ...machineProblem(error), message: `\`${configName}\` cannot be written: ${messageOf(error)}` },
    ]);
  }
}
