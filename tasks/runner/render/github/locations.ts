import { plainText } from '../../text/safe-text.ts';
import { type Memory, wordings } from './wordings.ts';

/** A place in a file that a tool's output names, and what it says about it. */
export type Location = {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly text: string;
};

/** Reads the output of one task and finds the places of its errors. */
export type Locator = { readonly read: (line: string) => void; readonly found: () => readonly Location[] };

const most = 20;

/** Makes the locator of one task; each place is found once. */
export function makeLocator(): Locator {
  const found: Location[] = [];
  const memory: Memory = {};
  return {
    read: (raw) => {
      if (found.length >= most) return;
      const line = plainText(raw).trimEnd();
      for (const wording of wordings) {
        const location = wording(line, memory);
        if (location === undefined) continue;
        if (!found.some((other) => isSamePlace(other, location))) found.push(location);
        return;
      }
    },
    found: () => found,
  };
}

/** Also where it is once named from the root: vitest tells a failure to a reader, and then to GitHub. */
function isSamePlace(a: Location, b: Location): boolean {
  const isSameFile = a.file === b.file || a.file.endsWith(`/${b.file}`) || b.file.endsWith(`/${a.file}`);
  return isSameFile && a.line === b.line && a.column === b.column;
}
