import { expect, test } from 'vitest';
import { createRedactor } from '../../container/profiler/src/secrets.ts';

const redact = createRedactor(['ssn']);

test.each([
  ['/users?page=2', '/users?page=2'],
  ['/?token=abc', '/?token=***'],
  ['/?a=1&PASSWORD=x&b=2', '/?a=1&PASSWORD=***&b=2'],
  ['/?access%5Ftoken=x', '/?access%5Ftoken=***'],
  ['/?user%5Btoken%5D=x&user[password]=y', '/?user%5Btoken%5D=***&user[password]=***'],
  ['/?a=1;token=x', '/?a=1;token=***'],
  ['/?ssn=123-45-6789', '/?ssn=***'],
  ['/?token=a=b', '/?token=***'],
  ['/?tokens=3', '/?tokens=3'],
  ['/?X-Amz-Signature=abc', '/?X-Amz-Signature=***'],
  ['/token=abc', '/token=abc'],
  ['http://user:secret@host/a?b=c', 'http://***@host/a?b=c'],
  ['http://host/a@b', 'http://host/a@b'],
  ['*', '*'],
])('%s is written as %s', (target, expected) => {
  expect(redact(target)).toBe(expected);
});
