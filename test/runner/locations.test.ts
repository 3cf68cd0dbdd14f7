/** Where a tool's output says that something is wrong, in the wording of each tool. */
import { expect, test } from 'vitest';
import { command } from '../../tasks/runner/render/github/commands.ts';
import { makeLocator } from '../../tasks/runner/render/github/locations.ts';

const placesOf = (output: string): readonly string[] => {
  const locator = makeLocator();
  for (const line of output.split('\n')) locator.read(line);
  return locator.found().map(({ file, line, column, text }) => `${file} ${line} ${column ?? '-'} ${text}`);
};

test.each([
  ['gcc', 'src/a.c:3:5: error: expected ‘;’ before ‘}’ token', 'src/a.c 3 5 expected ‘;’ before ‘}’ token'],
  ['gcc, fatal', 'a.c:1:10: fatal error: bpf/bpf_helpers.h: No such file', 'a.c 1 10 bpf/bpf_helpers.h: No such file'],
  ['clang in colours', '\u001B[1ma.c:3:5: \u001B[0;31merror: \u001B[0mno', 'a.c 3 5 no'],
  ['javac', 'src/A.java:3: error: cannot find symbol', 'src/A.java 3 - cannot find symbol'],
  ['mypy', 'a.py:3: error: Incompatible types  [assignment]', 'a.py 3 - Incompatible types  [assignment]'],
  ['flake8', './a.py:3:80: E501 line too long', './a.py 3 80 E501 line too long'],
  ['rubocop', 'lib/a.rb:3:5: E: Lint/Syntax: unexpected token', 'lib/a.rb 3 5 E: Lint/Syntax: unexpected token'],
  ['tsc', "src/a.ts(3,5): error TS2322: Type 'x' is no 'y'.", "src/a.ts 3 5 TS2322: Type 'x' is no 'y'."],
  ['tsc in colours', 'src/a.ts:3:5 - error TS2322: no.', 'src/a.ts 3 5 TS2322: no.'],
  ['eslint', '/src/a.js\n  1:1  warning  w  rule\n  3:5  error  Bad thing  no-bad', '/src/a.js 3 5 Bad thing no-bad'],
  ['biome', 'a.ts:3:5 lint/style/useConst ━━━━━\n\n  × Use const.', 'a.ts 3 5 Use const.'],
  [
    'vitest',
    ' FAIL  a.test.ts > adds\nAssertionError: expected 1\n ❯ a.test.ts:3:5',
    'a.test.ts 3 5 AssertionError: expected 1',
  ],
  [
    'vitest of texts',
    'AssertionError: expected "a"\n\nExpected: "b"\nReceived: "a"\n\n ❯ a.test.ts:3:5',
    'a.test.ts 3 5 AssertionError: expected "a"',
  ],
  ['node', 'TypeError: no\n    at f (/src/a.js:3:5)\n    at g (/src/b.js:1:1)', '/src/a.js 3 5 TypeError: no'],
  ['node as a module', 'Error: no\n    at file:///src/a.mjs:3:5', '/src/a.mjs 3 5 Error: no'],
  [
    'a test of node',
    "not ok 1 - adds\n  ---\n  location: '/src/a b.test.js:3:5'\n  failureType: 'testCodeFailure'\n  error: '2 == 3'",
    '/src/a b.test.js 3 5 2 == 3',
  ],
  [
    'a test of node, at length',
    "  location: '/src/a.test.js:3:5'\n  failureType: 'testCodeFailure'\n  error: |-\n    no match. Input:\n    \n    'x'",
    '/src/a.test.js 3 5 no match. Input:',
  ],
  [
    'python',
    '  File "b.py", line 1, in g\n    f()\n  File "a.py", line 3, in f\nValueError: no',
    'a.py 3 - ValueError: no',
  ],
  ['pytest', 'E       assert 1 == 2\n\ntests/test_a.py:3: AssertionError', 'tests/test_a.py 3 - assert 1 == 2'],
  ['rustc', 'error[E0308]: mismatched types\n --> src/main.rs:3:5', 'src/main.rs 3 5 error[E0308]: mismatched types'],
  [
    'a panic of Rust',
    "thread 'tests::health' (23285) panicked at src/main.rs:20:35:\nassertion `left == right` failed\n  left: 1",
    'src/main.rs 20 35 assertion `left == right` failed',
  ],
  [
    'vitest, which speaks to GitHub too',
    'Error: no\n ❯ test/a.test.ts:2:12\n::error file=/src/test/a.test.ts,title=x,line=2,column=12::Error: no%0A',
    'test/a.test.ts 2 12 Error: no',
  ],
  ['ruff', 'F401 [*] `os` imported but unused\n --> a.py:3:8', 'a.py 3 8 F401 [*] `os` imported but unused'],
  ['go', './a.go:3:5: undefined: x', './a.go 3 5 undefined: x'],
  ['go test', '    a_test.go:3: want 1', 'a_test.go 3 - want 1'],
  ['bash', 'ci/a.sh: line 3: foo: command not found', 'ci/a.sh 3 - foo: command not found'],
  ['dash', 'a.sh: 3: foo: not found', 'a.sh 3 - foo: not found'],
  ['a tool that speaks to GitHub', '::error file=a.ts,line=3,col=5,title=T::one%0Atwo', 'a.ts 3 5 one\ntwo'],
])('%s names a place', (_, output, place) => {
  expect(placesOf(output)).toEqual([place]);
});

test.each([
  'all is well',
  '12:30:45: error: the clock is no file',
  'src/a.c:3:5: warning: unused',
  '10.0.0.1:8080: error: refused',
  "  location: '/src/a.test.js:3:5'\n  failureType: 'subtestsFailed'\n  error: '1 subtest failed'",
  'Error: no place at all\n    at node:internal/main:1:1',
  '    at f (/src/node_modules/x/a.js:3:5)',
])('there is no place in %j', (output) => {
  expect(placesOf(output)).toEqual([]);
});

test('a line that is long for no good reason is read to its end once, and not from each of its letters', () => {
  expect(placesOf(`a.ts:1:1 lint→${'x'.repeat(2_000_000)}`)).toEqual([]);
});

test('the same place is found once', () => {
  expect(placesOf('a.c:3:5: error: one\na.c:3:5: error: one\na.c:4:5: error: two')).toHaveLength(2);
});

test('values of a command cannot end it or begin another', () => {
  expect(command('error', { title: 'a,b:c\n::d', line: 3 }, '50%\n::set-env name=x::y')).toBe(
    '::error title=a%2Cb%3Ac%0A%3A%3Ad,line=3::50%25%0A::set-env name=x::y',
  );
});
