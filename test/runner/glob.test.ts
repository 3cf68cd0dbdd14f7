/** Globs of `inputs` and `outputs`: what they match, and which folders need not be looked into. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { compilePatterns, isLiteral, ofEditors } from '../../tasks/runner/fresh/glob.ts';
import { findFiles } from '../../tasks/runner/fresh/walk.ts';
import { expandPath, globIn, leavesProject } from '../../tasks/runner/text/paths.ts';
import { createProject } from '../helpers/project.ts';

test.each([
  [['**'], 'src/.a.ts.swp', false],
  [['**'], '.swo', false],
  [['src/**'], 'src/a.ts~', false],
  [['src/*.ts'], 'src/.#a.ts', false],
  [['src'], 'src/#a.ts#', false],
  [['**'], 'src/vendors~main.js', true],
  [['**'], 'src/a#b', true],
  [['**'], 'src/a.swp', true],
  [['**', 'src/*~'], 'src/a.ts~', true],
  [['**/.*.sw?'], 'src/.a.ts.swp', true],
  [['**/#*#'], '#a.ts#', true],
])('%j: whether %j is an input, unless an editor keeps it', (globs, path, isIncluded) => {
  expect(compilePatterns(globs, ofEditors).includes(path)).toBe(isIncluded);
});

test.each([
  [['src/**'], 'src/a', true],
  [['src/**'], 'src/a b/.hidden/c', true],
  [['src/**'], 'src2/a', false],
  [['src/**/x.c'], 'src/x.c', true],
  [['src/**/x.c'], 'src/a/b/x.c', true],
  [['**/*.c'], 'a/b/x.c', true],
  [['**/*.c'], 'x.c', true],
  [['*.c'], 'a/x.c', false],
  [['*'], '.env', true],
  [['src'], 'src/deep/a', true],
  [['src/'], 'src/deep/a', true],
  [['./src//'], 'src/deep/a', true],
  [['src/*'], 'src/deep/a', false],
  [['**/generated'], 'a/generated/b/c', true],
  [['{src,lib}/**'], 'lib/a', true],
  [['{src/a,lib}/x'], 'src/a/x', true],
  [['src/[ab].c'], 'src/b.c', true],
  [['src/?.c'], 'src/ab.c', false],
  [['src/[!B].c'], 'src/A.c', true],
  [['./!a'], '!a', true],
  [['./!a'], 'b', false],
  [['src/[!B].c'], 'src/B.c', false],
  [['src/[^B].c'], 'src/A.c', true],
  [['src/[!a-c].c'], 'src/b.c', false],
  [['.'], 'src/deep/a', true],
  [['app/(shop)/[id].ts'], 'app/(shop)/[id].ts', true],
  [['src/**', '!src/*.md'], 'src/a.md', false],
  [['src/**', '!src/*.md'], 'src/deep/a.md', true],
  [['src/**', '!src/gen'], 'src/gen/deep/a', false],
  [['src/**', '!src/gen', 'src/gen/keep.c'], 'src/gen/keep.c', true],
  [['!src/gen', 'src/**'], 'src/gen/a', true],
  [['**', '!**/node_modules'], 'a/node_modules/b', false],
  [['**'], 'line\nbreak', true],
  [['**'], '.git/HEAD', false],
  [['**'], '.github/ci.yml', true],
  [['**', '.git/HEAD'], '.git/HEAD', true],
  [['**', '.git/HEAD'], '.git/index', false],
  [['**'], '.tasks/state/a', false],
  [['src'], 'src/deep/.DS_Store', false],
  [['src'], 'src/dist/cli.cjs-v20.20.2-x64-145614-1795955647999.cache', false],
  [['src'], 'src/dist/cli.cjs-v20.20.2-x64-145614-1795955647999.cache.77.tmp', false],
  [['src'], 'src/dist/cli.cjs-v2.cached', true],
  [['**', 'src/.DS_Store'], 'src/.DS_Store', true],
  [['../lib/**'], '../lib/a', true],
  [['/etc/hosts'], '/etc/hosts', true],
])('%j: whether %j is included', (globs, path, isIncluded) => {
  expect(compilePatterns(globs).includes(path)).toBe(isIncluded);
});

test.each([
  [['src/**'], 'src/a', true],
  [['src/*.c'], 'src/a', false],
  [['src/*/x.c'], 'src/a', true],
  [['src/*/x.c'], 'src/a/b', false],
  [['{src/a,lib}/x'], 'src', true],
  [['**', '!node_modules'], 'node_modules', false],
  [['**', '!node_modules/**'], 'node_modules', false],
  [['**', '!node_modules/*'], 'node_modules/a', true],
  [['**', '!node_modules', 'node_modules/ours/**'], 'node_modules', true],
  [['**', '!node_modules', 'node_modules/ours/**'], 'node_modules/theirs', false],
  [['**'], '.git', false],
  [['.'], 'src', true],
  [['./'], 'src/deep', true],
  [['.'], '.git', false],
  [['**', '.git/HEAD'], '.git', true],
])('%j: whether the folder %j is looked into', (globs, folder, isLookedInto) => {
  expect(compilePatterns(globs).mayHold(folder)).toBe(isLookedInto);
});

test.each([
  [['src/**/*.c', 'src/a/x.h', '!lib/**'], ['src']],
  [
    ['package.json', 'src/**'],
    ['package.json', 'src'],
  ],
  [
    ['*.json', 'src/**', '../lib/*'],
    ['', '../lib'],
  ],
  [['/etc/hosts'], ['/etc/hosts']],
])('%j is looked for from %j on', (globs, roots) => {
  expect(compilePatterns(globs).roots).toEqual(roots);
});

test('a search that leaves out folders finds just what the globs include', async () => {
  await using project = await createProject({});
  const folders = ['', 'a/', '.b/', '[x]/', 'a/a/', 'a/{y}/', '.b/a(b)/'];
  const files = folders.flatMap((folder) => ['b', '.c', 'b.ts', '!n', 'x y'].map((name) => folder + name));
  for (const path of files) await project.write(`tree/${path}`, '');
  const part = fc.constantFrom(
    ...[
      'a',
      'b',
      '.b',
      '*',
      '**',
      '*.ts',
      '?',
      '{a,b}',
      '[ab]',
      '[!a]',
      '+(a|b)',
      '!(a)',
      '@(a|b/**)',
      '[x]',
      '\\[x\\]',
    ],
    ...['a(b)', '**b', 'a**', '{y}', '!n', '{a,.b}/b.ts', '{a/**,b/*.ts}', '.', 'x y', '{**/a,b}', '.*'],
  );
  const glob = fc
    .tuple(fc.constantFrom('', '', '!'), fc.array(part, { minLength: 1, maxLength: 4 }))
    .map(([sign, parts]) => sign + parts.join('/'));
  fc.assert(
    fc.property(fc.array(glob, { minLength: 1, maxLength: 4 }), (globs) => {
      const patterns = compilePatterns(globs);
      const { paths } = findFiles(project.path('tree'), patterns, { followsLinks: false });
      expect([...paths].sort()).toEqual(files.filter(patterns.includes).sort());
    }),
    { numRuns: 300 },
  );
});

test('a glob without a wildcard names one path', () => {
  expect(['a/b', 'a*', '{a,b}', 'a?', '[a]'].map(isLiteral)).toEqual([true, false, false, false, false]);
});

test('paths are shortened, placed and kept inside', () => {
  expect(['./a//b/', '.', 'a/../b', '/'].map(expandPath)).toEqual(['a/b', '', 'b', '/']);
  expect(['a/../..', '../x', '/x', 'a/../b', '..b'].map(leavesProject)).toEqual([true, true, true, false, false]);
  expect(['src/**', '!src/*.md', '../x', '/etc/a', '!(a)/b'].map((glob) => globIn('docs', glob))).toEqual([
    'docs/src/**',
    '!docs/src/*.md',
    'x',
    '/etc/a',
    'docs/!(a)/b',
  ]);
});

/** On a Mac both spellings are one file; elsewhere they are two. */
test.each([
  ['darwin', true],
  ['linux', false],
] as const)(
  'on %s an accent that is a sign of its own is the same as one that is none: %s',
  async (platform, isSame) => {
    const own = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
    Object.defineProperty(process, 'platform', { ...own, value: platform });
    try {
      vi.resetModules();
      const glob = await import('../../tasks/runner/fresh/glob.ts');
      for (const [one, other] of [
        ['caf\u00e9', 'cafe\u0301'],
        ['cafe\u0301', 'caf\u00e9'],
      ] as const) {
        const patterns = glob.compilePatterns([`src/*${one}/**`, `!src/${one}/not-${one}`]);
        expect(patterns.mayHold(`src/${other}`)).toBe(isSame);
        expect(patterns.includes(`src/${other}/a`)).toBe(isSame);
        expect(patterns.includes(`src/${one}/a`)).toBe(true);
        expect(patterns.includes(`src/${one}/not-${other}`)).toBe(!isSame);
      }
    } finally {
      Object.defineProperty(process, 'platform', own);
    }
  },
);
