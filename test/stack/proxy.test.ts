/** Which variables of a proxy are handed on. */
import { expect, test } from 'vitest';
import { proxyVariables, variablesForBuilds } from '../../tasks/lib/proxy.ts';

test('a build gets the variables of a proxy, but of none on the loopback, which would be its container', () => {
  const env = {
    HTTP_PROXY: 'http://user:word@127.0.0.1:3128/',
    http_proxy: 'localhost:3128',
    HTTPS_PROXY: 'http://[::1]:3128',
    https_proxy: 'http://proxy.example.com:3128',
    NO_PROXY: 'localhost,127.0.0.1',
    no_proxy: '',
    PROXY: 'http://other.example.com',
  };
  expect(proxyVariables(env)).toEqual(['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY']);
  expect(variablesForBuilds(env)).toEqual(['https_proxy', 'NO_PROXY']);
});
