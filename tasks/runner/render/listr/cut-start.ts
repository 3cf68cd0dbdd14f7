const colour = /\x1b\[[\d;]*m/y;

/**
 * A text without so many signs of its start; colours are no signs. For log-update, which cuts so what is higher than the
 * terminal, in place of slice-ansi: that takes the number for columns, so that too little would be cut where signs are wide,
 * and each time the list is drawn anew, lines of the last time would stay.
 */
export default function cutStart(text: string, signs: number): string {
  let index = 0;
  for (let left = signs; left > 0 && index < text.length; ) {
    colour.lastIndex = index;
    const coloured = colour.exec(text)?.[0].length ?? 0;
    if (coloured === 0) left--;
    index += coloured || 1;
  }
  return text.slice(index);
}
