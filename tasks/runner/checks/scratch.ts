import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Probe } from '../script.ts';

/** Folders that a check fills and that are gone after it. */
export type Scratch = AsyncDisposable & { readonly fill: Probe['scratch'] };

/** Makes the scratch space of one check. */
export function makeScratch(): Scratch {
  const folders: string[] = [];
  return {
    fill: async (files) => {
      const folder = await mkdtemp(join(tmpdir(), 'tasks-check-'));
      folders.push(folder);
      for (const [name, content] of Object.entries(files)) {
        const path = join(folder, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content, { mode: 0o755 });
      }
      return folder;
    },
    [Symbol.asyncDispose]: async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}
