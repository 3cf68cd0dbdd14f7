import { messageOf } from '../errors.ts';
import { type Host, isErrno } from '../host.ts';

/** The text of a file that somebody names, or why there is none: it is missing, or may not be read. */
export type NamedText = { readonly text: string } | { readonly problem: string };

export async function readNamed(host: Pick<Host, 'readText'>, path: string, shown: string): Promise<NamedText> {
  try {
    const text = await host.readText(path);
    return text === undefined ? { problem: `there is no file \`${shown}\`` } : { text };
  } catch (error) {
    return { problem: `\`${shown}\` cannot be read: ${messageOf(error)}` };
  }
}

/** As `readText`, also where the path is a named pipe to which somebody writes. */
export async function readTextOrPipe(
  host: Pick<Host, 'readText' | 'readPipe'>,
  path: string,
): Promise<string | undefined> {
  return await host.readText(path).catch(async (error: unknown) => {
    const piped = isErrno(error, 'EFTYPE') ? await host.readPipe(path) : undefined;
    if (piped === undefined) throw error;
    return piped;
  });
}
