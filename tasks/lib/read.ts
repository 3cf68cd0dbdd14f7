/** Reading what may not be there, or not be whole. */
import { readdir, readFile } from 'node:fs/promises';

/** A file's text; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return await unlessGone(readFile(path, 'utf8'), undefined);
}

/** The names in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return await unlessGone<readonly string[]>(readdir(folder), []);
}

/** Undefined for what is no JSON, as an answer that was cut off or a file that is being rewritten. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function unlessGone<Found>(found: Promise<Found>, otherwise: Found): Promise<Found> {
  return await found.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  });
}
