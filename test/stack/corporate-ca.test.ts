/** Which file has the certificate authority of a company's proxy: the doctor looks at it, and builds take it as a secret. */
import { expect, test } from 'vitest';
import { caOfEnv } from '../../tasks/lib/corporate-ca.ts';

test.each([
  [{}, undefined],
  [{ npm_config_cafile: '/npm' }, { name: 'npm_config_cafile', path: '/npm' }],
  [
    { npm_config_cafile: '/npm', SSL_CERT_FILE: '/ssl' },
    { name: 'SSL_CERT_FILE', path: '/ssl' },
  ],
  [
    { NODE_EXTRA_CA_CERTS: '/node', SSL_CERT_FILE: '/ssl' },
    { name: 'NODE_EXTRA_CA_CERTS', path: '/node' },
  ],
  [
    { NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: '/ssl' },
    { name: 'SSL_CERT_FILE', path: '/ssl' },
  ],
])('with %j it is %j', (env, chosen) => {
  expect(caOfEnv(env)).toEqual(chosen);
});
