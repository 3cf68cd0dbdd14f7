import { expect, test } from 'vitest';
import { createRedactor } from '../../container/profiler/src/secrets.ts';

const redact = createRedactor(['ssn', 'taxNumber', 'größe']);

test.each([
  ['/?token=abc', '/?token=***'],
  ['/?a=1&PASSWORD=x&b=2', '/?a=1&PASSWORD=***&b=2'],
  ['/?a=1?token=x', '/?a=1?token=***'],
  ['/?a=1;token=x', '/?a=1;token=***'],
  ['/?token=a=b', '/?token=***'],
  ['/?token=ab;cd', '/?token=***'],
  ['/?token=ab#cd', '/?token=***'],
  ['/?token=ab%26cd&b=2', '/?token=***&b=2'],
  ['/?token=&b=2', '/?token=***&b=2'],
  ['/p#access_token=x&b=2', '/p#access_token=***&b=2'],
  ['/p;jsessionid=x?b=2', '/p;jsessionid=***?b=2'],
  ['/p;a=1;token=x;y/q', '/p;a=1;token=***/q'],
  ['/p;a=1?token=ab/cd?e&b=2', '/p;a=1?token=***&b=2'],
  ['/p;a=1#token=ab/cd', '/p;a=1#token=***'],
])('where a value ends: %s is written as %s', (target, expected) => {
  expect(redact(target)).toBe(expected);
});

test.each([
  'token[]',
  'token%5B%5D',
  'token[0]',
  'user[token]',
  'user%5Btoken%5D[]',
  'access%5Ftoken',
  'to%6ben',
  'to%256ben',
  'to%25256ben',
  '+token',
  'token+',
  '%20token',
  'token%00',
  'ToKeN',
])('how a name is written does not matter: %s', (name) => {
  expect(redact(`/?a=1&${name}=x&b=2`)).toBe(`/?a=1&${name}=***&b=2`);
});

test.each(
  (
    'accessToken access-token auth-token refreshToken clientSecret private_token csrf_token csrfmiddlewaretoken id_token_hint ' +
    'password_confirmation user_password user.password newPassword1 pwd pass passphrase secret_key secretkey client-secrets ' +
    'key api.key apiKey x-api-key apikey AWSAccessKeyId X-Amz-Signature X-Amz-Credential X-Goog-Signature sig hmac ' +
    'jwt otp pin nonce session session_id sid PHPSESSID connect.sid SAMLResponse samlrequest assertion auth authorization oauth_verifier ' +
    'code data[code] ticket sign verification_code ssn user[ssn] taxNumber tax_number gr%C3%B6%C3%9Fe'
  ).split(' '),
)('%s names a secret', (name) => {
  expect(redact(`/?${name}=x`)).toBe(`/?${name}=***`);
});

test.each([
  '*',
  '/users?page=2&sort=key',
  '/?tokens=3&max_tokens=100&author=a&country_code=de&keyword=b&sidebar=1&assign=c&monkey=d&compass=e&design=f',
  '/token=abc',
  '/reset/abc?a=token',
  '/?q=100%&r=%zz&s=%2',
  'http://host/a@b',
  '/?mail=joe@example.org&time=12:30',
  '/?next=https%3A%2F%2Fexample.org%2F%40joe%2Fpost',
  '/@scope%2fname',
  'host.example:443',
  '/?v={"a":"token","b":"x"}',
  '/?next=http://host&mail=joe@example.org',
  '/at=12:30@noon',
  '[::1]:443',
  'http://[::1]:80/a@b',
])('%s is written as it is', (target) => {
  expect(redact(target)).toBe(target);
});

test.each([
  ['http://user:secret@host/a?b=c', 'http://***@host/a?b=c'],
  ['http://secret@host/', 'http://***@host/'],
  ['http://user:se@cret@host/', 'http://***@host/'],
  ['http://user:se/cret@host/', 'http://***@host/'],
  ['http://user:12%2Fsecret@host/', 'http://***@host/'],
  ['http:/user:secret@host/', 'http:/***@host/'],
  ['user:secret@host:443', '***@host:443'],
  ['//user:secret@host/', '//***@host/'],
  ['/http://user:secret@host/', '/http://***@host/'],
  ['/?next=https://user:secret@host/&b=2', '/?next=https://***@host/&b=2'],
  ['/?next=https%3A%2F%2Fuser%3Asecret%40host%2F&b=2', '/?next=https%3A%2F%2F***%40host%2F&b=2'],
  ['/?proxy=user:secret@host:3128', '/?proxy=***@host:3128'],
  ['/?proxy=user:se=cret@host:3128', '/?proxy=***@host:3128'],
  ['/p;proxy=user:secret@host', '/p;proxy=***@host'],
  ['/p#proxy=user:secret@host', '/p#proxy=***@host'],
  ['http://user:se&cret@host/', 'http://***@host/'],
  ['/?token=x&next=http://user:secret@host/a&b=2', '/?token=***&next=http://***@host/a&b=2'],
  ['/?token=http://user:secret@host/&b=2', '/?token=***&b=2'],
])('who logs in at a URL is not told: %s is written as %s', (target, expected) => {
  expect(redact(target)).toBe(expected);
});

test.each([
  ['/?next=/cb?token=x&b=2', '/?next=/cb?token=***&b=2'],
  ['/?next=%2Fcb%3Ftoken%3Dx&b=2', '/?next=%2Fcb%3Ftoken%3D***&b=2'],
  ['/?next=%2Fcb%3Ftoken%3Dx%26c%3D3&b=2', '/?next=%2Fcb%3Ftoken%3D***%26c%3D3&b=2'],
  ['/?next=%252Fcb%253Ftoken%253Dx', '/?next=%252Fcb%253Ftoken%253D***'],
  ['/?v={"a":"b","token":"x"}&b=2', '/?v={"a":"b","token":***&b=2'],
  ['/?v=%7B%22token%22:%22x%22%7D', '/?v=%7B%22token%22:***'],
  ['/?v={"a"+:+"b",+"token"+:+"x"}&b=2', '/?v={"a"+:+"b",+"token"+:***&b=2'],
  ['/?v=%7B%22token%22%20%3A%20%22x%22%7D', '/?v=%7B%22token%22%20%3A***'],
  ["/?v={'token':'x'}&b=2", "/?v={'token':***&b=2"],
])('within a value: %s is written as %s', (target, expected) => {
  expect(redact(target)).toBe(expected);
});

test.each([
  ['a name that may be a host', `/?u=http://${'a'.repeat(30_000)}:p${'/p'.repeat(15_000)}@h`],
  ['digits that may be a port', `/?u=http://a:${'1'.repeat(30_000)}p${'/1'.repeat(15_000)}@h`],
])('a long target with %s costs no more than its length', (_what, target) => {
  for (let round = 0; round < 100; round++) expect(redact(target)).toBe('/?u=http://***@h');
});
