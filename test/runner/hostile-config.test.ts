/** A config may hold anything: what is said of it points at the right characters, and does nothing to a terminal but print. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkConfig } from '../../tasks/runner/config/check.ts';
import { renderProblems } from '../../tasks/runner/diagnostic.ts';
import { type Problem, UserError } from '../../tasks/runner/errors.ts';
import { makePaint } from '../../tasks/runner/paint.ts';

const host = {
  cwd: '/p',
  readText: async () => undefined,
  realPath: async (path: string) => path,
  exists: () => true,
};

/** What is wrong with a config; anything thrown but that is a bug. */
async function problemsOf(text: string): Promise<readonly Problem[]> {
  try {
    await checkConfig(host, '/p/tasks.config.yaml', text);
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
}

async function saidOf(text: string): Promise<string> {
  return renderProblems(await problemsOf(text), makePaint(false));
}

const inTask = (keys: string): string => `version: 1\ntasks: { a: { ${keys} } }\n`;

test.each([
  ['a set of YAML', 'version: 1\ntasks: !!set { a, b }\n'],
  ['an ordered map of YAML', 'version: 1\ntasks: !!omap [a: { run: x }]\n'],
  ['bytes', inTask('run: !!binary aGVsbG8=')],
  ['a tag with a prefix of its own', `%TAG ! tag:example.org,2000:\n---\n${inTask('run: !foo x')}`],
  ['a kind that a text is', inTask('run: !!str 3, weight: x')],
  ['a merge of a text', inTask('run: x, <<: y')],
  ['a merge of a list with a number', inTask('run: x, <<: [{ about: y }, 3]')],
  ['a merge of nothing', 'version: 1\ntasks:\n  a:\n    <<:\n    run: x\n'],
  ['aliases that make more and more', `a: &a [x, x]\n${[...'bcdefghijkl'].map(nested).join('')}`],
  ['a long key that is given twice', inTask('run: x, timeout: 1s, "timeout": 2s')],
  ['a key without a value, in braces', 'version: 1\ntasks: { a: { run: x }, b }\n'],
  ['a literal before the name that is wrong', inTask("run: 'echo $${nope} ${nope}'")],
  ['escape sequences', inTask('"\\e[2Jx": 1, run: x, needs: ["\\e]0;t\\a"], about: "\u009B2J", timeout: "\\u202Ex"')],
  ['the carriage returns of an old Mac', 'version: 1\rtasks:\r  a: 1\r'],
  ['a NUL byte in a path', 'version: 1\ninclude: { a: "x\\0" }\nmessages: "y\\0"\ntasks: { b: { script: "z\\0" } }\n'],
  ['bytes that are no text', 'version: 1\ntasks: \u0000\u0001\u007F\n'],
  ['UTF-16', '\uFFFD\uFFFDv\u0000e\u0000r\u0000s\u0000\n'],
  ['a URL that is none', 'version: 1\ncache: { remote: { url: "http://[::" } }\ntasks: { a: { run: x } }\n'],
  [
    'a matrix without measure',
    inTask(`run: x, matrix: { ${[...'pqrstu'].map((key) => `${key}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]`).join(', ')} }`),
  ],
])('%s', async (_, text) => {
  expect(await saidOf(text)).toMatchSnapshot();
});

function nested(name: string): string {
  const before = String.fromCharCode(name.charCodeAt(0) - 1);
  return `${name}: &${name} [*${before}, *${before}, *${before}, *${before}]\n`;
}

test('thousands of mistakes in one line, and names of any length, are no reason to wait', async () => {
  const place = { file: 'x', line: 1, column: 300_000, length: 200_000, text: '日'.repeat(600_000) };
  const problems = Array.from({ length: 3000 }, () => ({ message: 'wrong', place }));
  expect(renderProblems(problems, makePaint(false)).split('error: wrong')).toHaveLength(3001);
  const config = `version: 1\ntasks:\n  ? ${'a'.repeat(200_000)}\n  : { run: x, needs: [${'b'.repeat(200_000)}] }\n`;
  expect(await saidOf(config)).toMatch(/^error: task `a+` needs unknown task `b+`\n/);
});

const real = [
  readFileSync('tasks.config.yaml', 'utf8'),
  ...[...readFileSync('tasks/runner/docs/tasks.md', 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text]) => text ?? '',
  ),
];
const pieces = [
  ...[
    '\t',
    '\n',
    ' ',
    ': ',
    '- ',
    '? ',
    '&a ',
    '*a ',
    '!x ',
    '!!set ',
    '!!binary ',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
  ],
  ...[
    '|\n',
    '---\n',
    '%YAML 1.1\n---\n',
    '\r',
    '\u0000',
    '\u001B[2J',
    '\u0085',
    '\u2028',
    '\uFEFF',
    '\uD800',
    '日本',
    '~',
    '.nan',
    '1e999',
  ],
  ...[
    '__proto__',
    'constructor',
    '${',
    '${x}',
    '$${',
    '"\\e[2J"',
    '"\\0"',
    'matrix',
    'needs',
    'tasks',
    'version',
    'run',
  ],
];
const edit = fc.record({ at: fc.nat(), removed: fc.nat(8), added: fc.constantFrom('', ...pieces) });

function apply(text: string, { at, removed, added }: { at: number; removed: number; added: string }): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + added + text.slice(start + removed);
}

test('whatever is changed in a real config, what is said of it points into the file and only prints', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...real),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      async (config, edits) => {
        const text = edits.reduce(apply, config);
        const lines = text.split(/\r?\n/);
        const problems = await problemsOf(text);
        for (const { place } of problems) {
          if (place === undefined) continue;
          expect(lines[place.line - 1]).toBe(place.text);
          expect(place.column).toBeLessThanOrEqual(place.text.length + 1);
        }
        expect(renderProblems(problems, makePaint(false))).not.toMatch(
          /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u202E]/,
        );
      },
    ),
    { numRuns: 40 },
  );
});
