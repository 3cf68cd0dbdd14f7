/** What may happen to the files of a project: as data, so that a failing case can be read and repeated. */
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';

export type Edit = {
  readonly do: keyof typeof changes;
  readonly path: string;
  readonly text?: string;
  readonly to?: string;
};

const place = fc
  .tuple(
    fc.constantFrom('src', 'spec', 'lib', 'fmt', 'src', 'spec'),
    fc.constantFrom(
      'a',
      'b',
      'd',
      'd/x',
      'd/y',
      'd/e/z',
      'skip1',
      'd/skip2',
      '.dot',
      '-n',
      'sp ace',
      'ü',
      'u\u0308',
      'A',
      'note.md',
      '[a]',
    ),
  )
  .map((parts) => parts.join('/'));
const external = fc.constantFrom('ext/e', 'ext/f', 'rev');
const output = fc.constantFrom(
  'out',
  'out/copy',
  'out/copy/list',
  'out/copy/tree/a',
  'out/copy/tree/d',
  'out/copy/hand',
  'out/all.lib',
  'out/hand.lib',
  'out/sum',
  'out/cell-x',
  'out/mode-a/a',
  'out/mode-b',
  'lib/gen',
  'lib/gen/a',
  'lib/gen/d/x',
  'lib/gen/hand',
);
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('x\n', 'y\n', 'z\n', '') },
  { weight: 1, arbitrary: fc.constantFrom('big x', 'big y') },
);
const target = fc.constantFrom('a', 'b', 'd', 'nowhere', '..', '../ext/e', '../ext', '../src/a');

export const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('write', 'rewrite'), path: place, text }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('write', 'rewrite'), path: external, text }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('link'), path: place, text: target }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('move', 'swap', 'hardlink', 'copy'), path: place, to: place }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('remove', 'flip', 'age', 'touch'), path: place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('remove', 'flip', 'touch', 'age'), path: output }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('overwrite', 'rewrite'), path: output, text }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('write'), path: output.filter((path) => path.includes('hand')), text }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove'), path: fc.constant('src/fail') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('write'), path: fc.constant('src/fail'), text: fc.constant('') }),
  },
) as fc.Arbitrary<Edit>;

/** Makes a change below a folder; one that cannot be made there is none. */
export function apply(folder: string, { do: what, path, text: content = '', to = path }: Edit): void {
  try {
    changes[what](join(folder, path), contentOf(content), join(folder, to));
  } catch {
    // A folder that is not there, say.
  }
  if (leadsBack(folder)) changes.remove(join(folder, 'src/d'));
}

/**
 * Whether `src/d`, by whose name tasks ask for what lies there, has become a link to a folder above it. Such a link is followed
 * where a glob names it, and all outputs are then inputs: tasks would feed each other without end.
 */
function leadsBack(folder: string): boolean {
  try {
    return `${realpathSync(join(folder, 'src'))}/`.startsWith(`${realpathSync(join(folder, 'src/d'))}/`);
  } catch {
    return false;
  }
}

/** Each gets a path, a text and another path. */
const changes = {
  write: (at: string, content: string) => {
    clear(at);
    writeFileSync(at, content);
  },
  overwrite: (at: string, content: string) => {
    statSync(at);
    writeFileSync(at, content);
  },
  /** In place, with the same size and time as before. */
  rewrite: (at: string, content: string) => {
    const { size, atime, mtime } = statSync(at);
    writeFileSync(at, content.padEnd(size, '.').slice(0, size));
    utimesSync(at, atime, mtime);
  },
  link: (at: string, target: string) => {
    clear(at);
    symlinkSync(target, at);
  },
  hardlink: (at: string, _: string, to: string) => {
    statSync(at);
    clear(to);
    linkSync(at, to);
  },
  copy: (at: string, _: string, to: string) => changes.write(to, readFileSync(at, 'latin1')),
  move: (at: string, _: string, to: string) => {
    lstatSync(at);
    if (`${to}/`.startsWith(`${at}/`) || at.startsWith(`${to}/`)) return;
    clear(to);
    renameSync(at, to);
  },
  swap: (at: string, _: string, to: string) => {
    renameSync(at, `${at}.swap`);
    renameSync(to, at);
    renameSync(`${at}.swap`, to);
  },
  remove: (at: string) => rmSync(at, { recursive: true, force: true }),
  flip: (at: string) => chmodSync(at, statSync(at).mode ^ 0o111),
  age: (at: string) => utimesSync(at, new Date('2001-01-01'), new Date('2001-01-01')),
  touch: (at: string) => utimesSync(at, new Date(), new Date()),
} as const;

/** More than is read at once. */
function contentOf(text: string): string {
  return text.startsWith('big') ? text.repeat(60_000) : text;
}

/** Makes room for something: a file where a folder must be gives way. */
function clear(at: string): void {
  rmSync(at, { recursive: true, force: true });
  const folder = dirname(at);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isFile() === true) rmSync(folder);
  mkdirSync(folder, { recursive: true });
}
