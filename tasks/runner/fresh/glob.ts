import { expandPath } from '../text/paths.ts';
import { regexOf } from './regex.ts';

/** A list of globs in which the last one that matches decides, as in `.gitignore`. Paths are relative to the project's folder. */
export type Patterns = {
  /** The files and folders at which a search begins: what stands before the first wildcard. */
  readonly roots: readonly string[];
  readonly includes: (path: string) => boolean;
  /** Whether anything under a folder can be included. */
  readonly mayHold: (folder: string) => boolean;
};

const isOnMac = process.platform === 'darwin';
const isAscii = /^[\x20-\x7e]*$/;

type Pattern = {
  readonly isNegated: boolean;
  readonly root: string;
  readonly matches: (path: string) => boolean;
  readonly mayHold: (folder: string) => boolean;
  readonly coversAll: (folder: string) => boolean;
};

/** What wildcards do not enter or match, since it is nothing of the project. */
type Unnamed = {
  /** Where it is missing in a path, no name of that kind is there. */
  readonly sign: string;
  readonly is: (name: string) => boolean;
};

/** They change all the time. A Mac leaves the third one where somebody looks; the last ones are the runner's own compiled code, which it keeps beside its bundle. */
const never: readonly Unnamed[] = [
  ...['.git', '.tasks', '.DS_Store'].map((own) => ({ sign: own, is: (name: string) => name === own })),
  { sign: '.cjs-v', is: (name) => /^[\w-]+\.cjs-v\d.*\.cache(\.\d+\.tmp)?$/.test(name) },
];

/** What editors keep beside a file while they have it open: swap files, backups, and locks and unsaved texts of Emacs. */
export const ofEditors: readonly Unnamed[] = [
  { sign: '.sw', is: (name) => /^\.(.*\.)?sw.$/.test(name) },
  { sign: '~', is: (name) => name.endsWith('~') },
  { sign: '#', is: (name) => /^(\.#.*|#.*#)$/.test(name) },
];

/**
 * Reads globs: `*`, `**`, `?`, `[…]`, `{a,b}` and a leading `!`, dotfiles included. A pattern whose last part has no wildcard
 * also stands for everything under the folder of that name. `also` is what else is to be named.
 */
export function compilePatterns(globs: readonly string[], also: readonly Unnamed[] = []): Patterns {
  const unnamed = [...never, ...also];
  const patterns = globs.map((glob) => compile(glob, unnamed));
  const lastFirst = [...patterns].reverse();
  const positive = patterns.filter(({ isNegated }) => !isNegated);
  return {
    roots: outermost(positive.map(({ root }) => root)),
    includes: (path) => {
      const decider = lastFirst.find((pattern) => pattern.matches(path));
      return decider !== undefined && !decider.isNegated;
    },
    mayHold: (folder) => {
      const decider = lastFirst.find((pattern) =>
        pattern.isNegated ? pattern.coversAll(folder) : pattern.mayHold(folder),
      );
      return decider !== undefined && !decider.isNegated;
    },
  };
}

/** Whether a glob names one path and nothing else. */
export function isLiteral(glob: string): boolean {
  return !hasWildcard(glob);
}

function compile(glob: string, unnamed: readonly Unnamed[]): Pattern {
  const isNegated = /^!(?!\()/.test(glob);
  const path = expandPath(isNegated ? glob.slice(1) : glob);
  const parts = path === '' ? [] : path.split('/');
  const last = parts.at(-1) ?? '';
  const standsForFolder = !hasWildcard(last);
  const isWhole = testOf(path);
  const isInside = standsForFolder ? testOf(path === '' ? '**' : `${path}/**`) : undefined;
  const isStem = path.endsWith('/**') ? testOf(path.slice(0, -3)) : standsForFolder ? isWhole : undefined;
  const firstWild = parts.findIndex(hasWildcard);
  const segments = parts.map(segmentTest);
  const left = unnamed.filter(({ is }) => !parts.some(is));
  return {
    isNegated,
    root: firstWild === -1 ? path : parts.slice(0, firstWild).join('/'),
    matches: (candidate) => (isWhole(candidate) || isInside?.(candidate) === true) && !enters(candidate, left),
    mayHold: (folder) => {
      const steps = folder === '' ? [] : folder.split('/');
      return leadsInto(segments, steps, standsForFolder) && !enters(folder, left);
    },
    coversAll: (folder) => isStem?.(folder) === true || (isStem !== undefined && (isInside ?? isWhole)(folder)),
  };
}

function hasWildcard(text: string): boolean {
  return /[*?[\]{}()|\\]/.test(text);
}

/** What a pattern would match may also be the very name of a file: `app/(shop)/page.ts`. */
function testOf(glob: string): (path: string) => boolean {
  if (isOnMac) return testOnMac(glob.normalize('NFC'));
  return exactTestOf(glob);
}

function exactTestOf(glob: string): (path: string) => boolean {
  if (!hasWildcard(glob)) return (path) => path === glob;
  const regex = regexOf(glob);
  return (path) => regex.test(path) || path === glob;
}

/** There an accent may be a sign of its own in a file's name or not: either way it is the same file, as for git and the shell. */
function testOnMac(glob: string): (path: string) => boolean {
  const test = exactTestOf(glob);
  return (path) => test(isAscii.test(path) ? path : path.normalize('NFC'));
}

/** Tests one folder's name; undefined where from here on any name may lead to a match. */
function segmentTest(segment: string): ((name: string) => boolean) | undefined {
  const isOpen = segment.includes('**') || /[{(]/.test(segment) || /[)}]/.test(segment);
  return isOpen ? undefined : testOf(segment);
}

function leadsInto(
  segments: readonly (((name: string) => boolean) | undefined)[],
  steps: readonly string[],
  standsForFolder: boolean,
): boolean {
  for (const [index, step] of steps.entries()) {
    if (index >= segments.length) return standsForFolder;
    const test = segments[index];
    if (test === undefined) return true;
    if (!test(step)) return false;
  }
  return steps.length < segments.length || standsForFolder;
}

function enters(path: string, unnamed: readonly Unnamed[]): boolean {
  return unnamed.some(({ sign, is }) => path.includes(sign) && path.split('/').some(is));
}

/** Without those that lie in another one, since a search from there finds them. */
function outermost(roots: readonly string[]): readonly string[] {
  const distinct = [...new Set(roots)].sort();
  return distinct.filter((root) => !distinct.some((other) => other !== root && isInFolder(root, other)));
}

function isInFolder(path: string, folder: string): boolean {
  return folder === '' ? !path.startsWith('../') && !path.startsWith('/') : path.startsWith(`${folder}/`);
}
