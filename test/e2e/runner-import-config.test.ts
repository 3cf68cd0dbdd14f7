/** A whole Makefile as a config: how it reads, what is told of it, and that it does the same. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

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
## all: Make everything
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

test('what has no counterpart is told with its line and still calls make, so that it does what it did', async () => {
  await using project = await createProject({ Makefile: strange, 'obj.c': 'x\n', start: '' });
  expect(await project.run('--import Makefile')).toMatchInlineSnapshot(`
    {
      "exit": 0,
      "stderr": "",
      "stdout": "wrote \`tasks.config.yaml\`: 7 tasks, 2 of them without make
    note: line 15: a pattern rule (\`%.o\`)
    note: line 19: a variable of one target (\`each: private X = 5\`)
    note: line 24: a rule with \`::\`
    note: target \`doctor\` is the task \`doctor-2\`
    note: line 10: \`all\` still calls make, because of a pattern or built-in rule, which may make \`obj.o\`
    note: line 11: \`version\` always runs; make would not while there is such a file
    note: line 13: \`extra\` always runs; make would not while there is such a file
    note: line 17: \`text\` still calls make, because of \`$(words …)\`
    note: line 19: \`each\` still calls make, because of a variable of one target (\`each: private X = 5\`)
    note: line 22: \`self\` still calls make, because of \`$(firstword …)\`
    note: line 24: \`doctor-2\` still calls make, because of a rule with \`::\`
    note: what commands print (\`echo 7\` in \`version\`) is read where it is used, where make reads it first, and quotes within it are not the shell's any more
    ",
    }
  `);
  for (const target of ['version', 'extra', 'text', 'each', 'self']) {
    const { byMake, byTasks } = await bothWays(project, target);
    expect(byTasks, target).toEqual(byMake);
    expect(existsSync(project.path(`out-${target}`)), target).toBe(true);
  }
});

test('only variables that tasks use are vars', async () => {
  await using project = await createProject({
    Makefile: 'A = 1\nB = $(A)\nC = 2\nD = 3\n.PHONY: a b\na:\n\t@echo $(B)\nb:\n\t@echo $(C) $(words x)\n',
  });
  await project.run('--import=Makefile');
  expect(await project.read('tasks.config.yaml')).toContain("\nvars:\n  A: '1'\n  B: '${A}'\ntasks:\n");
});
