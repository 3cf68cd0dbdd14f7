import type { Fix } from '../script.ts';
import { withNames } from './safe-text.ts';

/** `300 ms`, `1.5 s`, `2 min 5 s`. */
export function durationInWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** What a person would type for a fix. */
export function wordsOfFix(fix: Fix): string {
  return 'task' in fix ? `npx tasks ${fix.task}` : fix.command;
}

/** Of what something is about, the line for a list: its first, whatever stands below it. */
export function firstLine(text: string): string {
  return withNames((text.trim().split('\n')[0] ?? '').replaceAll(/\s+/g, ' ').trim());
}

/** `a file`, `an image`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}
