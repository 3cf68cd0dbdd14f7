/** The same tasks, written for each runner. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a project whose tasks do nothing: `tasks` maps a name to the names that it needs. */
export function writeTasks(folder, tasks) {
  const entries = Object.entries(tasks);
  const map = (describe) => Object.fromEntries(entries.map(([name, needs]) => [name, describe(needs)]));
  const lines = (describe) => entries.map(([name, needs]) => describe(name, needs)).join('');
  mkdirSync(join(folder, '.moon'), { recursive: true });
  const files = {
    'tasks.config.yaml': JSON.stringify({ version: 1, tasks: map((needs) => ({ run: 'true', needs })) }),
    Makefile: lines((name, needs) => `.PHONY: ${name}\n${name}: ${needs.join(' ')}\n\t@sh -c true\n`),
    justfile: lines((name, needs) => `${name}: ${needs.join(' ')}\n  @true\n`),
    'deno.json': JSON.stringify({ tasks: map((needs) => ({ command: 'true', dependencies: needs })) }),
    'mise.toml': lines((name, needs) => `[tasks.${name}]\nrun = "true"\ndepends = ${JSON.stringify(needs)}\n`),
    'turbo.json': JSON.stringify({ tasks: map((needs) => ({ cache: false, dependsOn: needs })) }),
    '.moon/workspace.yml': "projects: { bench: '.' }\n",
    'moon.yml': JSON.stringify({
      tasks: map((needs) => ({ command: 'true', deps: needs.map((need) => `~:${need}`), options: { cache: false } })),
    }),
    'nx.json': '{}',
    'project.json': JSON.stringify({
      name: 'bench',
      targets: map((needs) => ({ command: 'true', cache: false, dependsOn: needs })),
    }),
    'Herebyfile.mjs': `import { task } from 'hereby';\nimport { spawn } from 'node:child_process';
const run = () => new Promise((done) => spawn('/bin/sh', ['-c', 'true'], { stdio: 'inherit' }).once('exit', done));\n${lines(
      (name, needs) => `export const ${name} = task({ name: '${name}', dependencies: [${needs.join(', ')}], run });\n`,
    )}`,
    'package.json': JSON.stringify({
      name: 'bench',
      private: true,
      packageManager: 'npm@10.0.0',
      scripts: { ...map(() => 'true'), wired: 'wireit' },
      wireit: { wired: { command: 'true' } },
    }),
    'package-lock.json': JSON.stringify({ name: 'bench', lockfileVersion: 3, packages: { '': { name: 'bench' } } }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/** Writes a project of one task `build` over so many files of 1 KiB. */
export function writeInputs(folder, count) {
  for (let index = 0; index < count; index++) {
    const part = join(folder, 'src', `part${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(part, { recursive: true });
    writeFileSync(join(part, `file${index}.c`), `${index}\n`.padEnd(1024, 'x'));
  }
  mkdirSync(join(folder, '.moon'), { recursive: true });
  const files = {
    'tasks.config.yaml': "version: 1\ntasks:\n  build: { inputs: ['src/**'], run: 'true' }\n",
    Makefile: 'out: $(shell find src -type f)\n\ttouch out\nbuild: out\n',
    'deno.json': JSON.stringify({ tasks: { build: { command: 'touch out', files: ['src/**'], output: ['out'] } } }),
    'mise.toml': '[tasks.build]\nrun = "touch out"\nsources = ["src/**/*"]\noutputs = ["out"]\n',
    'turbo.json': JSON.stringify({ tasks: { build: { inputs: ['src/**'], outputs: ['out'] } } }),
    '.moon/workspace.yml': "projects: { bench: '.' }\n",
    'moon.yml': JSON.stringify({ tasks: { build: { command: 'touch out', inputs: ['src/**/*'], outputs: ['out'] } } }),
    'nx.json': '{}',
    'project.json': JSON.stringify({
      name: 'bench',
      targets: {
        build: {
          command: 'touch out',
          cache: true,
          inputs: ['{projectRoot}/src/**/*'],
          outputs: ['{projectRoot}/out'],
        },
      },
    }),
    'package.json': JSON.stringify({
      name: 'bench',
      private: true,
      packageManager: 'npm@10.0.0',
      scripts: { build: 'touch out', wired: 'wireit' },
      wireit: { wired: { command: 'touch out', files: ['src/**'], output: ['out'] } },
    }),
    'package-lock.json': JSON.stringify({ name: 'bench', lockfileVersion: 3, packages: { '': { name: 'bench' } } }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
