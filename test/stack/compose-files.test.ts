import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFiles } from '../../tasks/lib/compose-files.ts';
import { ranOf } from '../helpers/script-context.ts';
import { read } from '../helpers/tree.ts';

const compose = 'container/docker-compose.yml';
const override = 'container/docker-compose.old-kernels.yml';

test.each([
  ['linux', '5.10.0-46-cloud-amd64', [compose, override]],
  ['linux', '4.18.0-553.el8.x86_64', [compose, override]],
  ['linux', '5.11.0', [compose]],
  ['linux', '6.1.0-56-cloud-amd64', [compose]],
  ['linux', '', [compose]],
  ['darwin', '5.10.0', [compose]],
] as const)('on %s with kernel `%s` the stack is started from %j', async (os, release, files) => {
  const run = async (command: readonly string[]) =>
    ranOf(command.join(' '), { code: 0, stdout: `${release}\n`, stderr: '' });
  expect(await composeFiles({ platform: { os, arch: 'x64', pretended: false }, run })).toEqual(files);
});

test('the file for old kernels adds one capability and nothing else', () => {
  expect(parse(read(override))).toEqual({ services: { profiler: { cap_add: ['SYS_RESOURCE'] } } });
});
