/** A secret is masked however it is spelled: one row for each way in which a tool may write its signs. */
import { expect, test } from 'vitest';
import { makeSecrets } from '../../tasks/runner/secrets.ts';

function secretsOf(value: string) {
  const secrets = makeSecrets();
  secrets.learn(['TOKEN'], [{ TOKEN: value }]);
  return secrets;
}

const key = '-----BEGIN KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n-----END KEY-----';

test.each([
  ['a shell', "it's one", `it'\\''s one`],
  ['a shell in another shell', "it's one", `it'\\\\''s one`],
  ['Python’s shlex', "it's one", `it'"'"'s one`],
  ['bash’s %q', "it's one", `it\\'s\\ one`],
  ['a form', 'two words', 'two+words'],
  ['a URL', 'two\twords', 'two%09words'],
  ['JSON', 'two\twords', 'two\\twords'],
  ['JSON in JSON', 'two\twords', 'two\\\\twords'],
  ['JSON, by number', 'a\u0007bell', 'a\\u0007bell'],
  ['a URL in capitals', 'p\u00e4\u00dfe', 'p%C3%A4%C3%9Fe'],
  ['a URL in small letters', 'p\u00e4\u00dfe', 'p%c3%a4%c3%9fe'],
  ['JSON in ASCII', 'a \u{1f600} b', 'a \\ud83d\\ude00 b'],
  ['JSON in ASCII, in capitals', 'a \u{1f600} b', 'a \\uD83D\\uDE00 b'],
  ['XML', `a<b>&"c'`, 'a&lt;b&gt;&amp;&quot;c&apos;'],
  ['HTML, by number', `a<b>&"c'`, 'a&#60;b&#x3E;&#038;&#x22;c&#39;'],
  ['XML in ASCII', 'a \u{1f600} b', 'a &#128512; b'],
  ['git', 'p\u00e4\u00dfe', 'p\\303\\244\\303\\237e'],
  ['Python’s bytes', 'p\u00e4\u00dfe', 'p\\xc3\\xa4\\xc3\\x9Fe'],
  ['a terminal', key, key.replaceAll('\n', '\r\n')],
  ['JSON, over lines', key, key.replaceAll('\n', '\\n')],
  ['JSON, over lines of Windows', key, key.replaceAll('\n', '\\r\\n')],
  ['a URL, over lines', key, key.replaceAll('\n', '%0A')],
  ['a form, over lines', key, key.replaceAll('\n', '%0d%0a')],
  ['a file of Windows', key.replaceAll('\n', '\r\n'), key],
])('as %s spells it', (_, value, spelled) => {
  expect(secretsOf(value).mask(`<${spelled}>`)).toBe('<***>');
});

test('what is alike is shown', () => {
  expect(secretsOf('two words').mask('twowords two-words two  words')).toBe('twowords two-words two  words');
});

test('a text is cut where no secret is cut in two, and none may go on', () => {
  const secrets = secretsOf('s3cret');
  for (let before = 0; before < 200; before++) {
    const text = `${'x'.repeat(before)}s3cret${'y'.repeat(200 - before)}`;
    const cut = secrets.cutOf(text);
    expect(secrets.mask(text.slice(0, cut)) + secrets.mask(text.slice(cut))).toBe(text.replace('s3cret', '***'));
    const open = `${'x'.repeat(200 + before)}s3cre`;
    expect(open.slice(0, secrets.cutOf(open))).not.toContain('s');
  }
});
