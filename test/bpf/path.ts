/** The path that a case drives: which system calls moved what kinds of bytes, in which order, and how it ended. */
import type { Case, Step } from './cases.ts';

const WORDS: readonly (readonly [string, RegExp])[] = [
  ['unusual-method', /^(?:PROPFIND|M-SEARCH|VERSION-CONTROL|X) /],
  ['head-method', /^HEAD /],
  ['introduction', /^PROXY|^[\r\n]+\0/],
  ['request', /^[A-Z-]+ \S+ HTTP/],
  ['partial-request', /[A-Z]+ \/\S*$/],
  ['bodiless', /^HTTP\/1\.\d (?:204|304)/],
  ['interim', /^HTTP\/1\.\d 1/],
  ['response', /^HTTP\/1\.\d [2-5]/],
  ['old', /HTTP\/1\.0/],
  ['sized', /Content-Length/],
  ['chunked', /chunked/],
  ['expects', /Expect/],
  ['upgrade', /Upgrade/],
  ['several', /\r\n\r\n(?:[A-Z-]+ \S+ HTTP|.*HTTP)/s],
];
const LARGE = 16_384;

/** Runs of the same step count once, so that a case with more of them is no other path. */
export function pathOf({ transport, steps, expected, others = [] }: Case): string {
  const words = steps.map(wordOf);
  const runs = words.filter((word, index) => word !== words[index - 1]);
  const ends = new Set(expected.map((line) => line.split(' ').slice(2, 4).join(' ')));
  return [transport, ...others, ...runs, ...[...ends].sort()].join('; ');
}

function wordOf(step: Step): string {
  if ('do' in step) return `${step.who} ${step.do}`;
  const text = step.parts.join('');
  const kinds = WORDS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
  const size = text.length > LARGE ? 'large' : text.length === 1 ? 'byte' : '';
  const shape = step.parts.length > 1 ? `${step.parts.includes('') ? 'empty ' : ''}segments` : '';
  const rest = step.taken === undefined ? '' : 'not all read';
  return [step.from, `${step.send}>${step.recv}`, ...kinds, size, shape, rest].filter(Boolean).join(' ');
}
