import { Reader, unclear } from './reader.ts';

/** Where in a command for /bin/sh a value comes to stand, as far as its quoting is concerned. */
export type Spot =
  | { readonly kind: 'bare' | 'double' | 'single' | 'comment' }
  /** No quoting is sure to keep the shell from reading it. */
  | { readonly kind: 'unsafe'; readonly where: string };

/**
 * Reads a command as a shell does and says what surrounds each of the places: indexes, in ascending order, of characters
 * that stand for a value and are letters. Where it may err, it says `unsafe`.
 */
export function spotsIn(text: string, places: readonly number[]): readonly Spot[] {
  const reader = new Reader(text);
  const spots: Spot[] = [];
  for (let index = 0; spots.length < places.length && index < text.length; ) {
    const place = places[spots.length] ?? 0;
    if (place === index) spots.push(reader.spotAt(index));
    const { length, inside } = reader.read(index);
    for (let next = places[spots.length]; next !== undefined && next < index + length; next = places[spots.length])
      spots.push(inside ?? unclear);
    index += length;
  }
  return spots;
}

/** Whether words can be added to the end of a command and are then its last ones. */
export function takesWords(command: string): boolean {
  const [end] = spotsIn(`${command} x`, [command.length + 1]);
  return end?.kind === 'bare' && !/[;&|(]\s*$/.test(command);
}
