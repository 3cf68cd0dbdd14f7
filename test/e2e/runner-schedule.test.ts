/** What shares a run: weights, named locks, further tries, and the tasks of a matrix. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

test('a task takes as many of the jobs as it weighs', async () => {
  await using project = await createProject(
    config('  light: { run: light }\n  heavy: { run: heavy, weight: 2 }\n  all: { needs: [light, heavy] }\n'),
  );
  const light = await project.driven('light');
  const heavy = await project.driven('heavy');
  const running = project.start('all --jobs=2');
  const first = await light.started();
  expect(heavy.startCount()).toBe(0);
  first.exit(0);
  (await heavy.started()).exit(0);
  expect((await running.result).stdout).toContain('✔ light <time>\n▸ heavy\n');
});

test('a task that weighs more than there are jobs runs alone', async () => {
  await using project = await createProject(
    config('  heavy: { run: heavy, weight: 9 }\n  light: { run: light }\n  all: { needs: [heavy, light] }\n'),
  );
  const light = await project.driven('light');
  const heavy = await project.driven('heavy');
  const running = project.start('all --jobs=2');
  const first = await heavy.started();
  expect(light.startCount()).toBe(0);
  first.exit(0);
  (await light.started()).exit(0);
  expect((await running.result).exit).toBe(0);
});

test('tasks with the same lock never run together, and others go on', async () => {
  await using project = await createProject(
    config(`  a: { run: a, lock: db }
  b: { run: b, lock: [db, other] }
  c: { run: c }
  all: { needs: [a, b, c] }
`),
  );
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => project.driven(name)));
  const running = project.start('all --jobs=3');
  const [first, third] = await Promise.all([a?.started(), c?.started()]);
  expect(b?.startCount()).toBe(0);
  first?.exit(0);
  (await b?.started())?.exit(0);
  third?.exit(0);
  expect((await running.result).exit).toBe(0);
});

test('60 layers of diamonds are planned at once, and each task runs once in whatever order they are written', async () => {
  const depth = 60;
  const layerAt = (index: number): string => {
    const needs = index === depth ? [] : [`a${index + 1}`, `b${index + 1}`];
    return ['a', 'b']
      .map((side, turn) => {
        const ordered = (index + turn) % 2 === 0 ? needs : [...needs].reverse();
        return `  ${side}${index}: { needs: [${ordered.join(', ')}], run: 'echo ${side}${index} >> story' }\n`;
      })
      .join('');
  };
  const layers = Array.from({ length: depth + 1 }, (_, index) => layerAt(index));
  for (const written of [layers, [...layers].reverse()]) {
    await using project = await createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n${written.join('')}` });
    expect((await project.run('b0 a0 --quiet')).exit).toBe(0);
    const story = (await project.read('story')).trim().split('\n');
    expect(story).toHaveLength(2 * (depth + 1));
    expect(new Set(story).size).toBe(story.length);
    const layersRun = story.map((name) => Number(name.slice(1)));
    expect(layersRun).toEqual([...layersRun].sort((a, b) => b - a));
  }
});

test('a task that fails is tried again, with a pause that doubles', async () => {
  await using project = await createProject(
    config(
      "  shaky: { run: 'echo x >> tries; test $(wc -l < tries) = 3', retry: { times: 3, backoff: 10ms }, finally: echo last }\n",
    ),
  );
  expect(await project.run('shaky')).toEqual({
    exit: 0,
    stdout: `▸ shaky
failed: exit code 1; try 2 of 4 in <time>
failed: exit code 1; try 3 of 4 in <time>
last
✔ shaky <time>
`,
    stderr: '',
  });
});

test('after the last try the failure is the one of that try, and its last lines only', async () => {
  await using project = await createProject(
    config(
      "  bad: { run: 'echo x >> tries; echo try $(wc -l < tries); exit $(wc -l < tries)', retry: { times: 1, backoff: 1ms } }\n",
    ),
  );
  const { exit, stdout } = await project.run('bad --output=json');
  expect(exit).toBe(2);
  const events = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { type: string }]));
  expect(events.map(({ type }) => type)).toEqual([
    'run-started',
    'task-started',
    'command-started',
    'task-output',
    'task-retried',
    'command-started',
    'task-output',
    'task-finished',
    'run-finished',
  ]);
  expect(events.find(({ type }) => type === 'task-retried')).toEqual({
    type: 'task-retried',
    atMs: '<time>',
    task: 'bad',
    message: 'exit code 1',
    nextTry: 2,
    tries: 2,
    pauseMs: 1,
  });
  expect(events.at(-2)).toMatchObject({ end: { state: 'failed', failure: { exit: 2, lastLines: ['try 2'] } } });
});

test('a time-out is a failure that is tried again', async () => {
  await using project = await createProject(
    config(
      "  slow: { run: 'test -e again || { touch again; sleep 100; }', timeout: 400ms, retry: { times: 1, backoff: 1ms } }\n",
    ),
  );
  expect((await project.run('slow')).stdout).toBe(
    '▸ slow\nfailed: timed out after <time>; try 2 of 2 in <time>\n✔ slow <time>\n',
  );
});

test('a last step that fails makes its task fail, and hides no earlier failure', async () => {
  await using project = await createProject(
    config('  good: { run: echo good, finally: exit 4 }\n  bad: { run: exit 5, finally: exit 4 }\n'),
  );
  expect((await project.run('good')).exit).toBe(4);
  const { exit, stdout } = await project.run('bad');
  expect(exit).toBe(5);
  expect(stdout).toContain(
    'note: the last step `exit 4` of `bad` failed too: exit code 4\n✖ bad failed after <time>: exit code 5\n',
  );
});

test('every last step runs, also after one that failed, and each failure is told', async () => {
  await using project = await createProject(
    config('  tidy: { run: echo work, finally: [exit 3, echo second, exit 4, echo fourth] }\n'),
  );
  const { exit, stdout } = await project.run('tidy');
  expect({ exit, stdout }).toEqual({
    exit: 3,
    stdout: `▸ tidy
work
second
note: the last step \`exit 4\` of \`tidy\` failed too: exit code 4
fourth
✖ tidy failed after <time>: exit code 3
  command: exit 3
failed: \`tidy\` (exit code 3); 0 done, <time>
`,
  });
});

const matrix = config(`  build:
    matrix: { arch: [x86, arm64], mode: [debug] }
    params: { level: { type: int, default: 1 } }
    needs: ['deps:\${arch}']
    env: { ARCH: '\${arch}' }
    run: echo \${arch} \${mode} \${level} $ARCH
  deps: { matrix: { arch: [x86, arm64] }, run: 'echo deps for \${arch}' }
  all: { needs: [build] }
`);

test('a matrix makes one task for each combination, and its own name stands for all of them', async () => {
  await using project = await createProject(matrix);
  expect((await project.run('build --level=3 --jobs=1')).stdout).toBe(`▸ deps:x86
deps for x86
✔ deps:x86 <time>
▸ build:x86:debug
x86 debug 3 x86
✔ build:x86:debug <time>
▸ deps:arm64
deps for arm64
✔ deps:arm64 <time>
▸ build:arm64:debug
arm64 debug 3 arm64
✔ build:arm64:debug <time>
▸ build
✔ build <time>
ok: 5 done, <time>
`);
  expect((await project.run('all --jobs=1')).stdout).toContain('arm64 debug 1 arm64\n');
  expect((await project.run('build:arm64:debug')).stdout).toContain('arm64 debug 1 arm64\n');
});

test('what a task of a matrix is about names its own values', async () => {
  await using project = await createProject(
    config("  build: { about: 'Build for ${arch}', matrix: { arch: [x86, arm64] }, run: 'echo ${arch}' }\n"),
  );
  expect((await project.run('--help build:arm64')).stdout).toContain('\nBuild for arm64\n');
  expect((await project.run('--list')).stdout).toContain('Build for ${arch}\n');
});

test('what is wrong with a matrix is shown once, where it was written', async () => {
  await using project = await createProject(
    config(`  build:
    matrix: { arch: [x86, x86], mode: [] }
    run: echo \${arhc}
  cross:
    matrix: { arch: [x86, arm64] }
    needs: ['deps:\${arch}']
    env: { FOR: '$HOME/\${arch}' }
    outputs: ['../\${arch}']
    run: echo \${arhc}
  cross:arm64: { run: echo }
`),
  );
  const { exit, stderr } = await project.run('--list');
  expect(exit).toBe(3);
  expect(stderr).toBe(`error: matrix key \`arch\` of task \`build\` has \`x86\` twice
  --> tasks.config.yaml:4:15
   |     matrix: { arch: [x86, x86], mode: [] }
   |               ^^^^
error: matrix key \`mode\` of task \`build\` has no values
  --> tasks.config.yaml:4:33
   |     matrix: { arch: [x86, x86], mode: [] }
   |                                 ^^^^
error: task \`cross:x86\` needs unknown task \`deps:x86\`
  --> tasks.config.yaml:8:13
   |     needs: ['deps:\${arch}']
   |             ^^^^^^^^^^^^^^
error: no shell reads \`env\` of task \`cross:x86\`, so \`$HOME\` would stay as it is
  --> tasks.config.yaml:9:18
   |     env: { FOR: '$HOME/\${arch}' }
   |                  ^^^^^
hint: set it in the command: \`export FOR="…"; …\`
error: output \`../\${arch}\` of task \`cross\` is outside of the project
  --> tasks.config.yaml:10:15
   |     outputs: ['../\${arch}']
   |               ^^^^^^^^^^^^
error: unknown name \`arhc\` in \`\${arhc}\`, did you mean \`arch\`?
  --> tasks.config.yaml:11:15
   |     run: echo \${arhc}
   |               ^^^^^^^
hint: names are those of \`vars\` and \`params\`; for a variable of the shell, write \`$arhc\` or \`$\${arhc}\`
error: task \`cross:arm64\` is also made by the matrix of task \`cross\`
  --> tasks.config.yaml:12:3
   |   cross:arm64: { run: echo }
   |   ^^^^^^^^^^^
hint: give it another name
`);
});
