import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the package in a folder; throws where there is none. */
export async function versionOf(packageFolder: string): Promise<string> {
  const text = readFileSync(join(packageFolder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
