/** A script is loaded whatever its package says of modules, and whichever version of Node runs it. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { loadModule } from '../../tasks/runner/foreign-code/load.ts';
import { createProject } from '../helpers/project.ts';

const packages = { nothing: '{}', commonjs: '{ "type": "commonjs" }', module: '{ "type": "module" }' };
const helpers = {
  'helper.ts': 'enum Word { It = "helped" }\nexport const word: string = Word.It;\n',
  'lib/index.ts': "export { word } from '../helper.ts';\n",
};

const scripts: Readonly<Record<string, string>> = {
  'extension.ts': "import { word } from './helper.ts';",
  'without.ts': "import { word } from './helper';",
  'as-built.ts': "import { word } from './helper.js';",
  'folder.ts': "import { word } from './lib';",
  'common.cts': "import { word } from './helper.ts';",
  'module.mts': "import { word } from './helper.ts';",
};

for (const [kind, text] of Object.entries(packages)) {
  test(`scripts of a package with ${kind} as its type are run, and nothing is said of modules`, async () => {
    const body =
      "import { defineTask } from 'zx-tasks';\nexport const run = defineTask(async ({ log }) => log(word));\n";
    const files = Object.entries(scripts).map(([name, line]) => [name, `${line}\n${body}`]);
    const tasks = Object.keys(scripts).map((name) => [name.split('.')[0], { script: name }]);
    const config = JSON.stringify({ version: 1, tasks: Object.fromEntries(tasks) });
    await using project = await createProject({
      'package.json': text,
      'tasks.config.yaml': config,
      ...helpers,
      ...Object.fromEntries(files),
    });
    for (const [name] of tasks)
      expect(await project.run(`${name} --quiet`)).toEqual({ exit: 0, stdout: 'helped\n', stderr: '' });
  });
}

/** A Node that strips types, and says so of the module that it is given. */
async function load(packageText: string, says: Error) {
  const files = { 'package.json': packageText, 'at/a.ts': "import { word } from '../helper';\nexport { word };\n" };
  await using project = await createProject({ ...files, ...helpers });
  const asked: string[] = [];
  const host = {
    importModule: async (specifier: string) => {
      asked.push(specifier);
      throw says;
    },
    foreignCode: { isLoaded: false, scripts: new Set<never>(), held: new Set<never>(), showRest: () => undefined },
    stripsTypes: true,
    rereadsModules: false,
    packageFolder: join(import.meta.dirname, '../../tasks/runner'),
    readText: async (path: string) => (path === project.path('package.json') ? packageText : undefined),
  };
  const loaded = await loadModule(host, project.folder, project.path('at/a.ts')).catch((error: Error) => error.message);
  return { loaded, askedNode: asked[0] === pathToFileURL(project.path('at/a.ts')).href };
}

const refusal = (code: string) => Object.assign(new Error(`it is said with ${code}`), { code });

test('a module that Node refuses though TypeScript takes it is loaded all the same', async () => {
  for (const code of ['ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'])
    expect(await load(packages.module, refusal(code))).toEqual({
      loaded: expect.objectContaining({ word: 'helped' }),
      askedNode: true,
    });
});

test('what a module throws itself is told, and the module is not loaded twice', async () => {
  expect(await load(packages.module, refusal('ENOENT'))).toEqual({ loaded: 'it is said with ENOENT', askedNode: true });
});

test('Node is not asked for what it would warn of or refuse', async () => {
  for (const text of [packages.nothing, packages.commonjs])
    expect(await load(text, refusal('EFAIL'))).toMatchObject({ loaded: { word: 'helped' }, askedNode: false });
});
