/** What is said of a cache server that cannot be asked. */
import { expect, test } from 'vitest';
import { troubleOf } from '../../tasks/runner/cache/trouble.ts';

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

test.each([
  ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1', 'connect ECONNREFUSED 127.0.0.1:1'],
  [
    'EPROTO',
    'write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:\n',
    'it does not speak TLS: is `http://` meant?',
  ],
  ['ECONNRESET', 'aborted', 'it broke off its answer'],
  ['ECONNRESET', 'socket hang up', 'it closed the connection without an answer'],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'self-signed certificate in certificate chain',
    'self-signed certificate in certificate chain: set NODE_EXTRA_CA_CERTS to the file of the certificate of its authority',
  ],
])('%s says %j as %j', (code, message, told) => {
  expect(troubleOf(failure(code, message))).toBe(told);
});
