import { expect, test } from 'vitest';
import { makeRedactor } from '../../tasks/runner/secrets/redact.ts';

const redact = makeRedactor({
  env: {
    HOME: '/home/mara',
    USER: 'mara',
    DEPLOY_TOKEN: 'correct-horse-battery',
    NPM_CONFIG_AUTH: 'x1',
    PATH: '/usr/bin',
  },
  root: '/home/mara/src/shop',
  names: { machine: 'quiet-otter.corp.example', user: 'mara' },
});

test.each([
  ['/home/mara/src/shop/container/traces', '<project>/container/traces'],
  ['/home/mara/.ssh/podman-machine-default', '~/.ssh/podman-machine-default'],
  ['/home/maraschino/x', '/home/maraschino/x'],
  ['owned by mara:staff', 'owned by <user>:staff'],
  ['sudo: unable to resolve host quiet-otter', 'sudo: unable to resolve host <machine>'],
  ['quiet-otter.corp.example answers', '<machine> answers'],
  ['runs as root on localhost', 'runs as root on localhost'],
  ['lookup registry on 192.0.2.53:53: no such host', 'lookup registry on <address>:53: no such host'],
  ['127.0.0.1:8080 and 0.0.0.0 and ::1 stay', '127.0.0.1:8080 and 0.0.0.0 and ::1 stay'],
  ['podman 4.3.1, kernel 6.1.0.13 at 10:22:33', 'podman 4.3.1, kernel <address> at 10:22:33'],
  ['fe80::1c2d:3eff:fe4f:5a6b and 2001:db8::7', '<address> and <address>'],
  ['ether 02:42:ac:11:00:02', 'ether <address>'],
  ['write to mara@corp.example', 'write to <address>'],
  ['socket /var/folders/9x/kq3tr5/T/podman.sock', 'socket /var/folders/<user>/T/podman.sock'],
  ['token is correct-horse-battery.', 'token is <secret>.'],
  ['ghp_0123456789abcdefghijABCDEFGHIJ0123', '<secret>'],
  ['proxy http://bob:hunter2hunter2@proxy.example:3128/', 'proxy http://<secret>@proxy.example:3128/'],
  ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer <secret>'],
  ['{"password": "open-sesame"}', '{"password": "<secret>"}'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '<secret>'],
])('`%s` becomes `%s`', (text, expected) => {
  expect(redact.all(text)).toBe(expected);
});

test('where only secrets are taken out, names and addresses stay', () => {
  expect(redact.secrets('mara at 192.0.2.1 has correct-horse-battery')).toBe('mara at 192.0.2.1 has <secret>');
});

test('a user and a machine without a name take nothing out', () => {
  const nobody = makeRedactor({ env: {}, root: '/', names: { machine: '', user: undefined } });
  expect(nobody.all('/usr/bin is fine')).toBe('/usr/bin is fine');
});

test('a long text in which an address could begin at any word is looked through once', () => {
  expect(redact.all('a.'.repeat(300_000))).toHaveLength(600_000);
});
