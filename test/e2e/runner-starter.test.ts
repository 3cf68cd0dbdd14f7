/** A config to begin with: a starter, or what a Makefile did. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

test('`--init` writes a starter that works, and says what comes next', async () => {
  await using project = await createProject({});
  expect(await project.run('--init')).toEqual({
    exit: 0,
    stdout: 'wrote `tasks.config.yaml`; `npx tasks --list` shows its tasks\n',
    stderr: '',
  });
  expect((await project.run('test --times=2')).stdout).toBe(
    '▸ build\n✔ build <time>\n▸ test\nhello\nhello\n✔ test <time>\nok: 2 done, <time>\n',
  );
  expect((await project.run('clean')).exit).toBe(0);
});

test('neither `--init` nor `--import` overwrites a config', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks: {}\n', Makefile: 'a:\n' });
  const refusal = {
    exit: 2,
    stdout: '',
    stderr: 'error: `tasks.config.yaml` exists, and is not overwritten\nhint: move it away first\n',
  };
  expect(await project.run('--init')).toEqual(refusal);
  expect(await project.run('--import Makefile')).toEqual(refusal);
  expect(await project.read('tasks.config.yaml')).toBe('version: 1\ntasks: {}\n');
});

test('a Makefile that is missing is said', async () => {
  await using project = await createProject({});
  expect(await project.run('--import=makefile')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: there is no file `makefile`\nhint: name a Makefile, as in `--import=Makefile`\n',
  });
});

test.each([
  ['Taskfile.yml', 'a Taskfile', "version: '3'\ntasks:\n  a: echo a\n"],
  ['taskfile.dist.yaml', 'a Taskfile', ''],
  ['tools/justfile', 'a justfile', 'a:\n\techo a\n'],
  ['package.json', 'JSON', '{ "scripts": {} }\n'],
  ['.gitlab-ci.yml', 'YAML', 'build:\n  script: make\n'],
  ['steps', 'YAML', "version: '3'\n\ntasks:\n  a: echo a\n"],
  ['data', 'JSON', '\n{ "a": [1] }\n'],
])('what is of another tool is not taken for a Makefile: %s', async (path, kind, text) => {
  await using project = await createProject({ [path]: text });
  expect(await project.run(`--import=${path}`)).toEqual({
    exit: 2,
    stdout: '',
    stderr: `error: \`${path}\` is ${kind}, and only Makefiles can be imported\nhint: what to write instead of what Task and just have is in \`docs/migration.md\` of the runner\n`,
  });
  expect(existsSync(project.path('tasks.config.yaml'))).toBe(false);
});

test('targets that are called as in other tools are targets', async () => {
  await using project = await createProject({
    Makefile: '.PHONY: version tasks\nversion:\n\techo 1\ntasks:\n\techo 2\n',
  });
  expect((await project.run('--import=Makefile')).stdout).toBe(
    'wrote `tasks.config.yaml`: 2 tasks, 2 of them without make\n',
  );
});

test('a Makefile may lie anywhere, and its name may have spaces', async () => {
  const text = '.PHONY: go\ngo:\n\t@echo $(shell echo ran)\n';
  await using project = await createProject({ 'my own/make it.mk': text, 'my.mk': text });
  expect(await project.run(`--import=${project.path('my.mk')}`)).toEqual({
    exit: 0,
    stdout:
      'wrote `tasks.config.yaml`: 1 tasks, 0 of them without make\nnote: line 2: `go` still calls make, because of `$(shell …)`\n',
    stderr: '',
  });
  expect((await project.run('go')).stdout).toContain('\nran\n');
  await rm(project.path('tasks.config.yaml'));
  expect((await project.run('--import=my\\ own/make\\ it.mk')).stdout).toContain(
    'note: the tasks run here, as with `make -f`, and not in `my own`\n',
  );
  expect(await project.read('tasks.config.yaml')).toContain("run: make -f 'my own/make it.mk' go\n");
  expect((await project.run('go')).stdout).toContain('\nran\n');
});

/** What make writes to `log`, and what files it leaves, for one target; then the same for the task made of it. */
async function bothWays(project: Project, target: string, task = target, env: Record<string, string> = {}) {
  const left = async (): Promise<string> => {
    const { stdout } = spawnSync(
      'sh',
      [
        '-c',
        'for f in $(find . -type f -newer start | grep -v -e "^./.tasks" -e tasks.config.yaml | sort); do echo "$f:"; cat "$f"; done',
      ],
      {
        cwd: project.folder,
        encoding: 'utf8',
      },
    );
    return stdout;
  };
  const clean = () => rm(project.path('out'), { recursive: true, force: true });
  await clean();
  const { status } = spawnSync('make', ['-s', target], { cwd: project.folder, env: project.env(env) });
  const byMake = { ok: status === 0, files: await left() };
  await clean();
  const { exit } = await project.run(`${task} --jobs=1`, { env });
  return { byMake, byTasks: { ok: exit === 0, files: await left() } };
}

const makefile = `# Words of a tool.
SRCS := a.txt b.txt
OUT = out
FLAGS = -n $(WORDS)
WORDS = one two
PORT ?= 8080
LIST = $(SRCS:.txt=.lst)
export COLOUR = red

.PHONY: all both sure fails quotes shell deep env clean-up
# Make everything
all: $(OUT)/joined $(OUT)/sorted

$(OUT)/joined: $(SRCS) | $(OUT) ## Join the files
	@echo joining $@ from $< and $^ > $(OUT)/log
	@cat $^ >> $@

$(OUT)/sorted: $(OUT)/joined
	sort $< > $@; \\
	  echo $(@F) in $(@D) >> $@

$(OUT):
	mkdir -p $@

both: $(OUT)
	echo $(FLAGS) $(LIST) > $(OUT)/both
	# a comment
	@echo "port $(PORT) \${HOME} $$HOME $\${COLOUR} $(UNKNOWN)." >> $(OUT)/both

sure: $(OUT)
	-false
	-@exit 3; echo never
	echo still > $(OUT)/sure

fails: $(OUT)
	echo before > $(OUT)/fails
	exit 4
	echo after > $(OUT)/fails

quotes: $(OUT)
	printf '%s\\n' 'it'\\''s' "a: b # c" '$$x' > $(OUT)/quotes
`;
const files = { Makefile: makefile, 'a.txt': 'b\na\n', 'b.txt': 'c\n', start: '' };

test('a Makefile becomes a config that reads as if written by hand', async () => {
  await using project = await createProject(files);
  expect(await project.run('--import Makefile')).toMatchInlineSnapshot(`
    {
      "exit": 0,
      "stderr": "",
      "stdout": "wrote \`tasks.config.yaml\`: 8 tasks, 8 of them without make
    note: target \`out/joined\` is the task \`out:joined\`
    note: target \`out/sorted\` is the task \`out:sorted\`
    note: what a task needs runs at the same time where it can: if the needs of \`all\` must run in order, let one need the other
    ",
    }
  `);
  expect(await project.read('tasks.config.yaml')).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=./node_modules/zx-tasks/schema.json
    # Made from Makefile.
    version: 1
    vars:
      COLOUR: red
      OUT: out
      WORDS: one two
      FLAGS: '-n \${WORDS}'
      LIST: a.lst b.lst
    tasks:
      all:
        about: Make everything
        needs: ['out:joined', 'out:sorted']

      'out:joined':
        about: Join the files
        needs: [out]
        inputs: [a.txt, b.txt]
        outputs: [out/joined]
        incremental: true
        env:
          COLOUR: '\${COLOUR}'
        run:
          - echo joining out/joined from a.txt and a.txt b.txt > \${OUT}/log
          - cat a.txt b.txt >> out/joined

      'out:sorted':
        needs: ['out:joined']
        inputs: [out/joined]
        outputs: [out/sorted]
        incremental: true
        env:
          COLOUR: '\${COLOUR}'
        run: |-
          sort out/joined > out/sorted; \\
            echo sorted in out >> out/sorted

      out:
        env:
          COLOUR: '\${COLOUR}'
        run: mkdir -p out

      both:
        needs: [out]
        env:
          COLOUR: '\${COLOUR}'
        run:
          - echo \${FLAGS} \${LIST} > \${OUT}/both
          - echo "port $\${PORT-8080} $\${HOME} $HOME $\${COLOUR} $\${UNKNOWN}." >> \${OUT}/both

      sure:
        needs: [out]
        env:
          COLOUR: '\${COLOUR}'
        run:
          - false || true
          - |-
            (exit 3; echo never
            ) || true
          - echo still > \${OUT}/sure

      fails:
        needs: [out]
        env:
          COLOUR: '\${COLOUR}'
        run:
          - echo before > \${OUT}/fails
          - exit 4
          - echo after > \${OUT}/fails

      quotes:
        needs: [out]
        env:
          COLOUR: '\${COLOUR}'
        run: 'printf ''%s\\n'' ''it''\\''''s'' "a: b # c" ''$x'' > \${OUT}/quotes'
    "
  `);
});

test.each([
  ['all', {}],
  ['out/joined', {}],
  ['both', {}],
  ['both', { PORT: '99', UNKNOWN: 'known' }],
  ['sure', {}],
  ['fails', {}],
  ['quotes', {}],
])('make and tasks do the same for `%s` %j', async (target, env) => {
  await using project = await createProject(files);
  await project.run('--import Makefile');
  const { byMake, byTasks } = await bothWays(project, target, target.replace('/', ':'), env);
  expect(byMake.files).not.toBe('');
  expect(byTasks).toEqual(byMake);
});

test('a file is made again when what it is made of has changed, as make does, and else not', async () => {
  await using project = await createProject(files);
  await project.run('--import Makefile');
  await project.run('all');
  expect((await project.run('all')).stdout).toContain('sorted skipped: ');
  await project.write('a.txt', 'z\n');
  await project.run('all');
  expect(await project.read('out/sorted')).toContain('z\n');
});

test('a recipe that reads its stdin makes an interactive task, and a note says so', async () => {
  const reading = `.PHONY: ask list whole through given piped looped
ask:
	@echo "Continue? [y/N]"; read a; [ "$$a" = y ] && echo went on
list:
	@sort
whole:
	-@cat > out
through:
	@xargs echo $(words a b)
given:
	@sort Makefile > /dev/null; cat < Makefile > /dev/null
piped:
	@echo read me | cat; echo "read a; sort" # read
looped:
	@ls | while read a; do sort; done
`;
  await using project = await createProject({ Makefile: reading });
  const says = (name: string) =>
    `note: \`${name}\` reads its stdin, so it is \`interactive\` and has the terminal alone\n`;
  expect((await project.run('--import=Makefile')).stdout).toBe(
    `wrote \`tasks.config.yaml\`: 7 tasks, 6 of them without make\nnote: line 8: \`through\` still calls make, because of \`$(words …)\`\n${['ask', 'list', 'whole', 'through'].map(says).join('')}`,
  );
  expect((await project.run('ask', { input: 'y\n' })).stdout).toContain('\nwent on\n');
  expect((await project.run('list', { input: 'b\na\n' })).stdout).toContain('\na\nb\n');
  expect((await project.run('through', { input: 'b\na\n' })).stdout).toContain('\n2 b a\n');
  await project.run('whole', { input: 'all of it\n' });
  expect(await project.read('out')).toBe('all of it\n');
});

const strange = `VERSION := $(shell echo 7)
define TEXT
a
endef
ifeq ($(OS),none)
EXTRA = 1
else
EXTRA = 2
endif
all: version extra obj.o text self
version:
	echo $(VERSION) > out-version
extra:
	echo "$(EXTRA)" > out-extra
%.o: %.c
	cp $< $@
text:
	echo $(words a b c) > out-text
each: private X = 5
each:
	echo $(X) > out-each
self:
	echo $(firstword $(MAKECMDGOALS)) $? > out-self
doctor::
	echo well > out-doctor
`;

test('what has no counterpart is told with its line and still calls make, so that it does what it did', async () => {
  await using project = await createProject({ Makefile: strange, 'obj.c': 'x\n', start: '' });
  expect(await project.run('--import Makefile')).toMatchInlineSnapshot(`
    {
      "exit": 0,
      "stderr": "",
      "stdout": "wrote \`tasks.config.yaml\`: 7 tasks, 0 of them without make
    note: line 2: a text of several lines (\`define\`)
    note: line 5: a condition (\`ifeq\`)
    note: line 15: a pattern rule (\`%.o\`)
    note: line 19: a variable of one target (\`each: private X = 5\`)
    note: line 24: a rule with \`::\`
    note: target \`doctor\` is the task \`doctor-2\`
    note: line 10: \`all\` still calls make, because of a pattern or built-in rule, which may make \`obj.o\`
    note: line 11: \`version\` still calls make, because of \`$(shell …)\`
    note: line 13: \`extra\` still calls make, because of \`$(EXTRA)\` is set by a condition (\`ifeq\`)
    note: line 17: \`text\` still calls make, because of \`$(words …)\`
    note: line 19: \`each\` still calls make, because of a variable of one target (\`each: private X = 5\`)
    note: line 22: \`self\` still calls make, because of \`$(firstword …)\`
    note: line 24: \`doctor-2\` still calls make, because of a rule with \`::\`
    ",
    }
  `);
  for (const target of ['version', 'extra', 'text', 'each', 'self']) {
    const { byMake, byTasks } = await bothWays(project, target);
    expect(byTasks, target).toEqual(byMake);
    expect(existsSync(project.path(`out-${target}`)), target).toBe(true);
  }
});
