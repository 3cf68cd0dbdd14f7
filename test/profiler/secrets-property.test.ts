/** However a secret is spelled, it is not written; and what has none is written as it came. */
import { array, assert, constantFrom, integer, oneof, property, record, string, tuple } from 'fast-check';
import { test } from 'vitest';
import { createRedactor } from '../../container/profiler/src/secrets.ts';

const SECRET = 'Zq7Zq7';
const RUNS = { numRuns: 3000 };
const redact = createRedactor([]);
const harmless = constantFrom('page', 'sort', 'user', 'q', 'id', 'max', 'filter', 'lang');
const secretWords = constantFrom(
  ...[
    ['token'],
    ['secret'],
    ['password'],
    ['signature'],
    ['api', 'key'],
    ['jwt'],
    ['session'],
    ['auth'],
    ['client', 'secret'],
  ],
);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
/** `userAccessToken`, `user_access_token`, `user[access-token]` … */
const name = tuple(
  array(harmless, { maxLength: 2 }),
  secretWords,
  array(harmless, { maxLength: 1 }),
  integer({ min: 0, max: 6 }),
).map(([before, words, after, style]) => {
  const all = [...before, ...words, ...after];
  if (style < 3) return all.join(['_', '-', '.'][style]);
  if (style === 3) return all.map((word, index) => (index === 0 ? word : capital(word))).join('');
  if (style === 4) return all.map(capital).join('');
  if (style === 5) return all.join('_').toUpperCase();
  return `${[...before, ...after].join('_')}[${words.join('_')}]`;
});
const edge = constantFrom('', '+', '%20', '%00', '[]', '[0]', '%5B%5D');
/** Some characters stand behind percent signs, of which some again. */
const escaped = (text: string, which: readonly number[]): string =>
  [...text].map((char, index) => escapeOften(char, which[index % which.length] ?? 0)).join('');
const escapeOften = (char: string, times: number): string =>
  times === 0 ? char : `%${'25'.repeat(times - 1)}${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
const which = array(constantFrom(0, 0, 0, 1, 2), { minLength: 1, maxLength: 7 });
const spelled = tuple(edge, name, edge, which).map(
  ([before, text, after, times]) => before + escaped(text, times) + after,
);
const around = string({ unit: constantFrom(...'ab1.~;#=+,!?/:', '%26', '%2F', '%2525'), maxLength: 8 });
const pair = tuple(spelled, around, around).map(([key, before, after]) => `${key}=${before}${SECRET}${after}`);
const plain = tuple(harmless, string({ unit: constantFrom(...'abc019.-_~!*,+', '%20', '%3A'), maxLength: 8 })).map(
  ([key, value]) => `${key}=${value}`,
);
const path = constantFrom('/', '/users/1', 'http://host:80/p', '//host/a', '/a%20b');

test('a secret parameter is not written, wherever it stands', () => {
  const place = constantFrom(
    (at: string, text: string) => `${at}?${text}`,
    (at: string, text: string) => `${at}?a=1&${text}&b=2`,
    (at: string, text: string) => `${at}?a=1;${text}`,
    (at: string, text: string) => `${at}#${text}`,
    (at: string, text: string) => `${at}?next=/cb?${text}`,
    (at: string, text: string) => `${at}?next=${encodeURIComponent(`https://h/cb?${text}`)}&b=2`,
    (at: string, text: string) => `${at}?next=${encodeURIComponent(encodeURIComponent(`/cb?a=1&${text}`))}`,
    (at: string, text: string) => `${at};${text.replace(/[/?]/g, '')}/q?b=2`,
  );
  assert(
    property(path, place, pair, (at, put, text) => !redact(put(at, text)).includes(SECRET)),
    RUNS,
  );
});

test('a password is not written, whatever stands around the URL', () => {
  const password = string({ unit: constantFrom(...'ab1.~;=+,!:', '%40', '%2F', '%3F'), maxLength: 8 });
  const place = constantFrom(
    (login: string) => `http://${login}@h/p?a=1`,
    (login: string) => `//${login}@h/`,
    (login: string) => `${login}@h:443`,
    (login: string) => `/p?next=https://${login}@h/&b=2`,
    (login: string) => `/p?next=${encodeURIComponent(`https://${login}@h/`)}`,
    // With a slash behind the colon it would be a URL.
    (login: string) => `/p?proxy=${login.replace(/%2F/g, '')}@h:3128`,
  );
  assert(
    property(place, harmless, password, password, (put, user, before, after) => {
      return !redact(put(`${user}:${before}${SECRET}${after}`)).includes(SECRET);
    }),
    RUNS,
  );
});

test('a target without secrets is written as it came', () => {
  const target = record({ path, query: array(plain, { maxLength: 4 }), begin: constantFrom('?', '#', ';', '?x&') });
  assert(
    property(target, ({ path: at, query, begin }) => {
      const text = query.length === 0 ? at : at + begin + query.join('&');
      return redact(text) === text;
    }),
    RUNS,
  );
});

test('anything at all can be asked for, and nothing is written that was not asked for', () => {
  const anything = oneof(
    string({ unit: 'binary', maxLength: 40 }),
    array(constantFrom('?', '&', '=', '%', '25', '@', '/', ':', 'token', 'a', ';', '"'), { maxLength: 16 }).map(
      (parts) => parts.join(''),
    ),
  );
  assert(
    property(anything, (text) => {
      let at = 0;
      return redact(text)
        .split('***')
        .every((piece) => {
          const found = text.indexOf(piece, at);
          at = found + piece.length;
          return found !== -1;
        });
    }),
    RUNS,
  );
});
