/** Programs of npm packages are found by their names however the runner was started. */
import { chmod, lchown, rm, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

async function install(project: Project, folder: string, says: string): Promise<void> {
  const path = `${folder}node_modules/.bin/say`;
  await project.write(path, `#!/bin/sh\necho ${says}\n`);
  await chmod(project.path(path), 0o755);
}

test('commands, steps, scripts, services, checks and inputs find what is in `node_modules/.bin`', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
include: { web: web/tasks.config.yaml }
checks: { say: { id: SY001, command: say, version: '>=1' } }
tasks:
  run: { requires: [say], run: say, finally: say }
  script: { script: script.ts }
  tracked: { inputs: [{ command: say }], run: say }
  serve: { service: { run: 'say; exec sleep 9', ready: { command: say } } }
  use: { needs: [serve], run: say }
`,
    'script.ts': 'export const run = async ({ $ }) => { await $`say`; };\n',
    'web/tasks.config.yaml': 'version: 1\ntasks:\n  own: { run: say }\n',
  });
  await install(project, '', '1.0.0');
  for (const words of ['run', 'script', 'tracked', 'use']) {
    const { exit, stdout, stderr } = await project.run(words);
    expect({ words, exit, stderr }).toEqual({ words, exit: 0, stderr: '' });
    expect(stdout).toContain('1.0.0\n');
  }
  expect((await project.run('web:own --quiet')).stdout).toBe('1.0.0\n');
  await install(project, 'web/', 'of-web');
  expect((await project.run('web:own --quiet')).stdout).toBe('of-web\n');
  expect((await project.run('own --quiet', { cwd: 'web' })).stdout).toBe('of-web\n');
});

test('what one task installs the next one finds, and a config without packages has those of the folder above', async () => {
  await using project = await createProject({
    'package.json': '{}',
    'tools/tasks.config.yaml': `version: 1
tasks:
  install: { run: 'mkdir -p node_modules/.bin && cp ../say node_modules/.bin/here' }
  use: { needs: [install], run: here && say }
`,
    'tools/package.json': '{}',
    say: '#!/bin/sh\necho installed\n',
  });
  await chmod(project.path('say'), 0o755);
  await install(project, '', 'of above');
  expect((await project.run('use --quiet', { cwd: 'tools' })).stdout).toBe('installed\nof above\n');
});

test('a folder of programs above is left out where another user has only put a link to one of ours', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can give files away');
  await using project = await createProject({
    'tools/tasks.config.yaml': 'version: 1\ntasks:\n  use: { run: say }\n',
    'ours/say': '#!/bin/sh\necho found\n',
  });
  await chmod(project.path('ours/say'), 0o755);
  const use = () => project.run('use --quiet', { cwd: 'tools' });
  const at = project.path('node_modules/.bin');
  await symlink('../ours', at);
  expect((await use()).stdout).toBe('found\n');
  await lchown(at, 12_345, 12_345);
  expect((await use()).exit).toBe(127);
  await rm(at);
  await symlink('.bin', at);
  expect((await use()).exit).toBe(127);
});
