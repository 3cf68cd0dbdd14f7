/** What make, Task, just and others call our flags. */
const flags: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'dry-run': ['-n', '--dry', '--just-print', '--recon', '--status'],
    explain: ['--trace', '--why'],
    force: ['-B', '-f', '--always-make', '--no-cache', '--rerun'],
    help: ['-h', '-?', '--usage'],
    jobs: ['-j', '--concurrency', '--parallel', '--workers'],
    'keep-going': ['-k', '--continue', '--no-bail'],
    list: ['-a', '-l', '--list-all', '--tasks'],
    quiet: ['-q', '-s', '--silent'],
    verbose: ['-v', '--debug'],
    version: ['-V'],
    watch: ['-w'],
    yes: ['-y', '--assume-yes', '--no-confirm'],
  }).flatMap(([ours, theirs]) => theirs.map((flag): [string, string] => [flag, ours])),
);

/** Of a flag that another runner has, what is meant by it here. */
export function knownElsewhere(typed: string): { readonly suggestion?: string; readonly hint?: string } {
  if (ofFolders.test(typed)) return { hint: 'the config is looked for where you are: `cd FOLDER && tasks …`' };
  const [, flag = '', value = ''] = /^(-[^-]|--[^=]+)=?(.*)$/s.exec(typed) ?? [];
  const ours = flags.get(flag);
  if (ours === undefined) return {};
  return { suggestion: `, did you mean \`--${ours}${ours === 'jobs' ? `=${value || 'N'}` : ''}\`?` };
}

/** They name the folder to run in, or its file. */
const ofFolders = /^(?:-[Cd]|--(?:dir|directory|cwd|working-directory|config|file|taskfile|makefile|justfile)(?:=|$))/;
