import type { Args } from './args.ts';
import { candidatesFor } from './completion/candidates.ts';
import { loadProject } from './config/load.ts';
import { UserError } from './errors.ts';
import type { Host } from './host.ts';
import { firstLine } from './text/words.ts';

/** `--completion=…`: the script for a shell, or what that script asks for while a person types. */
export async function complete(host: Host, args: Args): Promise<string> {
  const wanted = args.flags.completion;
  if (wanted !== undefined && wanted !== 'candidates') {
    const { completionScripts } = await import('./completion/scripts.ts');
    return completionScripts[wanted];
  }
  const found = await candidates(host, args.rest);
  return found.map(({ text, about }) => `${about === undefined ? text : `${text}\t${firstLine(about)}`}\n`).join('');
}

/** Nothing where there is no config or a wrong one: a person who types a command line has no use for its mistakes. */
async function candidates(host: Host, words: readonly string[]): Promise<ReturnType<typeof candidatesFor>> {
  try {
    const { config } = await loadProject(host);
    return candidatesFor(config, words);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
