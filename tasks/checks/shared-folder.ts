/** On macOS: does the machine see this checkout? */
import type { CheckResult, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { podmanVersion, readMachine } from '../lib/machine.ts';
import { parseJson } from '../lib/read.ts';
import { shellWord } from '../lib/shell-word.ts';
import { withPodman } from '../lib/subjects.ts';

export const checks = documented([
  {
    id: 'SF001',
    name: 'shared-folder',
    question: 'does the Podman machine see this folder?',
    group: 'machine',
    needs: ['EN001'],
    platforms: ['darwin'],
    about:
      'The machine sees only folders that are shared with it: those that it was created with, or else /Users, /private and /var/folders; before Podman 4.4 only the home folder. Its /tmp and /Volumes are its own, not the Mac’s.',
    fix: 'moving the checkout into the home folder',
    run: withPodman(isShared),
  },
]);

async function isShared(probe: Probe): Promise<CheckResult> {
  if (probe.platform.pretended)
    return { outcome: 'skip', summary: 'only a real Mac can tell, and TASKS_PLATFORM only simulates one' };
  const shared = (await foldersOfMachine(probe)) ?? (await usualFolders(probe));
  const isInside = (path: string): boolean => shared.some((folder) => `${path}/`.startsWith(`${folder}/`));
  if (isInside(probe.root)) return { outcome: 'pass', summary: probe.root };
  const realPath = probe.root.startsWith('/tmp/') ? `/private${probe.root}` : probe.root;
  const [first] = isInside(probe.env.HOME ?? '/Users') ? ['~'] : shared;
  return {
    outcome: 'fail',
    summary: `${probe.root} is not shared with the machine`,
    cause: `${shared.length === 0 ? 'no folder is shared' : `only ${shared.join(', ')} are shared`}, so containers would mount an empty folder or none`,
    fixes: isInside(realPath)
      ? [{ about: 'go there by its real path', command: `cd ${shellWord(realPath)}`, byHand: true }]
      : first === undefined
        ? []
        : [{ about: 'move the checkout', command: `mv ${shellWord(probe.root)} ${first}/`, byHand: true }],
  };
}

/** What podman's record of the machine says: whoever made it may have named its folders. Unknown where there is no machine yet. */
async function foldersOfMachine(probe: Probe): Promise<readonly string[] | undefined> {
  const found = await readMachine(probe.ask);
  const file = found.state === 'known' ? found.machine?.recordFile : undefined;
  const text = file === undefined ? undefined : await probe.read(file);
  const mounts = text === undefined ? undefined : mountsIn(text);
  return mounts?.flatMap(({ Source, Target, ReadOnly }) => (Source === Target && ReadOnly !== true ? [Source] : []));
}

type Mount = { readonly Source: string; readonly Target: string; readonly ReadOnly?: boolean };

function mountsIn(text: string): readonly Mount[] | undefined {
  const record = parseJson(text) as { readonly Mounts?: readonly Mount[] } | null | undefined;
  return Array.isArray(record?.Mounts) ? record.Mounts : undefined;
}

async function usualFolders(probe: Probe): Promise<readonly string[]> {
  const sharesHomeOnly = probe.satisfies(await podmanVersion(probe.ask), '>=4.4') === false;
  return sharesHomeOnly ? [probe.env.HOME ?? '/Users'] : ['/Users', '/private', '/var/folders'];
}
