import { fullWidth } from './full-width.ts';

/**
 * Signs of one column each that nothing joins with its neighbours: ASCII, Latin, dashes and quotes, arrows, frames,
 * blocks and shapes, Braille, and the marks of lists.
 */
const plain =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u203b\u2139\u2190-\u2193\u2500-\u25fc\u26a0\u2713-\u2718\u276f\u2800-\u28ff]*$/;
const colours = /\x1b\[[\d;]*m/g;

/**
 * How many columns a text takes on a terminal. The tables that tell it of every text take as long to load as two starts
 * of Node, and most texts do not need them.
 */
export default function widthOf(text: string): number {
  const shown = text.includes('\x1b') ? text.replace(colours, '') : text;
  return plain.test(shown) ? shown.length : fullWidth(text);
}
