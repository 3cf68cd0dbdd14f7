/** Names that the kernel told, which have a character for each byte: what they mean to people. */

const BEYOND_ASCII = /[\x80-\xff]/;
const BEYOND_BYTES = /[^\x00-\xff]/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The name that its bytes are in UTF-8; one whose bytes are none stays as it is. */
export function decodeName(name: string): string {
  if (!BEYOND_ASCII.test(name) || BEYOND_BYTES.test(name)) return name;
  try {
    return utf8.decode(Buffer.from(name, 'latin1'));
  } catch (error) {
    if (error instanceof TypeError) return name;
    throw error;
  }
}
