/** Which file has the certificate authority of a company's proxy: the doctor looks at it, and builds take it as a secret. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCa } from '../../tasks/lib/corporate-ca.ts';
import { run } from '../helpers/checkout.ts';

test.each([
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
])('with %j it is %j', async (env, chosen) => {
  const asksNobody = () => Promise.reject(new Error('npm was asked'));
  expect(await findCa({ env, run: asksNobody })).toEqual(chosen);
});

test.each([
  ['in the project’s .npmrc', { '.npmrc': 'cafile = /project.pem\n' }, {}, '/project.pem'],
  ['by npm’s variable, however it is spelled', {}, { NPM_CONFIG_CAFILE: '/variable.pem' }, '/variable.pem'],
  ['nowhere', {}, {}, undefined],
])('what npm itself finds counts: named %s', async (_, files, env, path) => {
  const folder = await mkdtemp(join(tmpdir(), 'ca-'));
  try {
    for (const [name, text] of Object.entries({ 'package.json': '{}', ...files }))
      await writeFile(join(folder, name), text);
    const own = { npm_config_userconfig: join(folder, 'none'), npm_config_globalconfig: join(folder, 'neither') };
    const inFolder = async (command: readonly string[]) => {
      const { code, output } = await run(command, { cwd: folder, env: { ...own, npm_config_cafile: '', ...env } });
      return { command: command.join(' '), code, stdout: output, stderr: '', tookMs: 1 };
    };
    expect((await findCa({ env: {}, run: inFolder }))?.path).toBe(path);
  } finally {
    await rm(folder, { recursive: true });
  }
});
