/** `--import` does what make does, or goes on calling make and says so: each Makefile is run by both. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProject, type Project } from '../helpers/project.ts';

type Case = {
  readonly makefile: string;
  readonly files?: Readonly<Record<string, string>>;
  /** One run after another, with the environment of the caller. */
  readonly runs: readonly (readonly [target: string, env?: Readonly<Record<string, string>>])[];
  /** The targets that go on calling make. */
  readonly through: readonly string[];
};

const cases: Readonly<Record<string, Case>> = {
  'a target whose file cannot be named is not lost': {
    makefile: `GEN := $(shell echo gen.txt)
BIN ?= app
.PHONY: all
all: $(BIN)
$(BIN): $(GEN) main.c
	cat $^ > $@
$(GEN):
	echo generated > $@
`,
    files: { 'main.c': 'main\n' },
    runs: [['all']],
    through: ['all', 'app'],
  },
  'a name that the caller may set': {
    makefile: `BIN ?= app
.PHONY: all
all: $(BIN)
$(BIN): main.c
	cp main.c $@
`,
    files: { 'main.c': 'main\n' },
    runs: [['all', { BIN: 'other' }], ['all']],
    through: ['all', 'app'],
  },
  'a condition between the lines of a recipe': {
    makefile: `.PHONY: deploy after
deploy:
	@echo prepare
ifdef PROD
	@echo production
else
	@echo staging
endif
	@echo notify
after:
	@echo after
`,
    runs: [['deploy'], ['deploy', { PROD: '1' }], ['after']],
    through: ['deploy'],
  },
  'a condition that is indented': {
    makefile: `ifeq ($(KIND),big)
	SIZE = 9
	ifdef MORE
	EXTRA = 1
	endif
endif
.PHONY: a b
a:
	@echo "[$(SIZE)$(EXTRA)]"
b:
	@echo b
`,
    runs: [['a'], ['a', { KIND: 'big', MORE: '1' }], ['b']],
    through: ['a'],
  },
  'what make sets itself': {
    makefile: `.PHONY: help where shell goals
help: ## Show this
	@grep -h '##' $(MAKEFILE_LIST) | sed 's/:.*//'
where:
	@basename "$(CURDIR)" | sed 's/.*/folder/'
shell:
	@echo $(SHELL)
goals:
	@echo $(MAKECMDGOALS) $(CPP)
`,
    runs: [['help'], ['where'], ['shell'], ['goals']],
    through: ['help', 'where', 'goals'],
  },
  'an included file, in a condition': {
    makefile: `ifneq (,$(wildcard ./.env))
include .env
export
endif
.PHONY: show
show:
	@echo "port=$(PORT) $$PORT"
`,
    files: { '.env': 'PORT = 9999\n' },
    runs: [['show']],
    through: ['show'],
  },
  '`.IGNORE`': {
    makefile: `.IGNORE:
.PHONY: go
go:
	@false
	@echo goes on
`,
    runs: [['go']],
    through: ['go'],
  },
  '`.IGNORE` of one target': {
    makefile: `.IGNORE: go
.PHONY: go other
go:
	@false
	@echo goes on
other:
	@echo other
`,
    runs: [['go'], ['other']],
    through: ['go'],
  },
  '`.EXPORT_ALL_VARIABLES`': {
    makefile: `.EXPORT_ALL_VARIABLES:
X = 1
.PHONY: go
go:
	@sh -c 'echo "[$$X]"'
`,
    runs: [['go']],
    through: ['go'],
  },
  '`:=` before the variable is set again': {
    makefile: `V := 1
OLD := $(V)
V := 2
.PHONY: old new names
old:
	@echo $(OLD)
new:
	@echo $(V)
LIST = a
names: $(LIST)
	@echo $^
LIST = b
a b:
	@echo making $@
`,
    runs: [['old'], ['new'], ['names']],
    through: ['old', 'names', 'a', 'b'],
  },
  'a text of several lines in the environment': {
    makefile: `define USAGE
one
  two
endef
export USAGE
.PHONY: usage other
usage:
	@echo "$$USAGE"
other:
	@echo other
`,
    runs: [['usage'], ['other']],
    through: ['usage', 'other'],
  },
  'variables that use themselves': {
    makefile: `CFLAGS := $(CFLAGS) -O2
FLAGS = -a
FLAGS := $(FLAGS) -b
LD_FLAGS += -l
.PHONY: go flags ld
go:
	@echo $(CFLAGS)
flags:
	@echo $(FLAGS)
ld:
	@echo "$(LD_FLAGS)"
`,
    runs: [['go'], ['go', { CFLAGS: '-g' }], ['flags'], ['ld'], ['ld', { LD_FLAGS: '-z' }]],
    through: ['go', 'ld'],
  },
  'a PATH that grows': {
    makefile: `export PATH := $(PWD)/tools:$(PATH)
.PHONY: go
go:
	@echo "$$PATH" | grep -c tools
`,
    runs: [['go']],
    through: ['go'],
  },
  'an environment that is known': {
    makefile: `export COLOUR = red
SHAPE = round
export SHAPE
.PHONY: go
go:
	@sh -c 'echo $$COLOUR $$SHAPE'
`,
    runs: [['go']],
    through: [],
  },
  'a value from a command, exported': {
    makefile: `export VERSION := $(shell echo 7)
export PORT ?= 80
.PHONY: go
go:
	@sh -c 'echo $$VERSION $$PORT'
`,
    runs: [['go']],
    through: ['go'],
  },
  '`.PHONY` of names that are not known': {
    makefile: `DIRS = x y
.PHONY: all $(addprefix build-,$(DIRS))
all: build-x build-y
	@echo all
build-x:
	@echo x
build-y:
	@echo y
`,
    files: { 'build-x': 'a file of that name\n' },
    runs: [['all'], ['build-x']],
    through: ['all', 'build-x', 'build-y'],
  },
  'signs before a command, in a variable': {
    makefile: `Q := @
I = -
V ?= @
.PHONY: go still maybe
go:
	$(Q)echo quiet
still:
	$(Q)$(I)exit 3
	@echo still
maybe:
	$(V)echo maybe
`,
    runs: [['go'], ['still'], ['maybe']],
    through: ['maybe'],
  },
  'a failure that is ignored': {
    makefile: `.PHONY: go
go:
	-@exit 3
	-@false; exit 4
	@echo went on
`,
    runs: [['go']],
    through: [],
  },
  "variables of the caller's environment": {
    makefile: `PORT ?= 80
URL ?= http://$(HOST):$(PORT)
.PHONY: double single cd set other
double:
	@echo "$(PORT) $(URL) $(NAME)"
single:
	@echo '$(PORT)'
cd:
	@cd sub && basename "$(PWD)" | grep -c sub; true
set:
	@NAME=own; echo "$(NAME)"
other: STATE = x
other:
	@echo $(STATE)
CC_USED = $(CC)
compiler:
	@echo $(CC_USED)
`,
    files: { 'sub/a': '' },
    runs: [
      ['double'],
      ['double', { PORT: '', NAME: 'n', HOST: 'h' }],
      ['single', { PORT: '5' }],
      ['cd'],
      ['set', { NAME: 'outer' }],
      ['other'],
      ['compiler'],
      ['compiler', { CC: 'tcc' }],
    ],
    through: ['single', 'cd', 'set', 'other'],
  },
  'white space that belongs to a value': {
    makefile: `A := a  # two spaces
.PHONY: go
go:
	@echo "[$(A)]"
`,
    runs: [['go']],
    through: [],
  },
  'what must run in order runs in order': {
    makefile: `.PHONY: all clean build test
all: clean build test
clean:
	@sleep 0.3; rm -f built; echo clean
obj.txt: src.txt
	@cp src.txt obj.txt; echo obj
build: obj.txt
	@cp obj.txt built; echo build
test:
	@cat built
`,
    files: { 'src.txt': 'src\n' },
    runs: [['all'], ['all']],
    through: [],
  },
  'files that make makes only once': {
    makefile: `config.json:
	cp config.sample $@
use: config.json
	@cat config.json
stamp: FORCE
	@date > stamp; echo stamped
FORCE:
.venv: needed.txt
	@mkdir -p .venv; touch .venv; echo venv
.PHONY: use
`,
    files: { 'config.sample': 'sample\n', 'config.json': 'my own\n', 'needed.txt': '' },
    runs: [['use'], ['config.json'], ['stamp'], ['stamp'], ['.venv']],
    through: ['config.json'],
  },
  'a target that is not in `.PHONY`': {
    makefile: `test:
	@echo testing
docs:
	@echo documents
install: test
	@echo installing
`,
    files: { 'docs/a': '' },
    runs: [['test'], ['docs'], ['install'], ['install']],
    through: ['docs'],
  },
  "make's own rules": {
    makefile: `.PHONY: all
all: tool run.sh2
tool: tool.sh
run.sh2: tool
	@cp tool run.sh2
.c.o:
	@cp $< $@
`,
    files: { 'tool.sh': 'echo tool\n' },
    runs: [['all']],
    through: ['all', 'tool', 'run.sh2'],
  },
  'files that a pattern names': {
    makefile: `SRC := $(wildcard src/*.txt)
joined: $(SRC)
	@cat $^ > $@
count: src/*.txt
	@ls src | wc -l | tr -d ' ' > $@; cat $@
.PHONY: list
list:
	@echo $(SRC)
`,
    files: { 'src/a.txt': 'a\n', 'src/b.txt': 'b\n' },
    runs: [['joined'], ['count'], ['list']],
    through: ['joined', 'list'],
  },
  'a shell of its own': {
    makefile: `SHELL := /bin/bash
NAME = it's
.PHONY: go name
go:
	@[[ a == a ]] && echo 'in bash'
name:
	@echo "$(NAME)"
`,
    runs: [['go'], ['name']],
    through: ['name'],
  },
  'two rules for one target': {
    makefile: `out.txt: b.txt
out.txt: a.txt
	@cat $< $^ > $@; cat $@
`,
    files: { 'a.txt': 'a\n', 'b.txt': 'b\n' },
    runs: [['out.txt']],
    through: [],
  },
  'rules made by functions': {
    makefile: `define rule
$(1):
	@echo made $(1)
endef
$(eval $(call rule,made))
.PHONY: other
other:
	@echo other
other: made
`,
    runs: [['other']],
    through: ['other'],
  },
  "the shell's own dollar signs": {
    makefile: `NAME = HOME
X = from make
.PHONY: ids loop indirect own
ids:
	@for i in 1 2; do echo "$$i $\${i}x $$(echo $$i)"; done
loop:
	@x='a$$b'; echo "$$x" | grep 'b$$'
indirect:
	@test -n "$$$(NAME)" && echo set
own:
	@echo "[$$X]"
`,
    runs: [['ids'], ['loop'], ['indirect'], ['own'], ['own', { X: 'from outside' }]],
    through: ['indirect', 'own'],
  },
  '`$(MAKE)`, and what needs it with others': {
    makefile: `.PHONY: all sub one only
all: sub one
	@echo all
sub:
	@$(MAKE) --no-print-directory -f sub.mk
one:
	@echo one
only: sub
	@echo only
`,
    files: { 'sub.mk': 'a:\n\t@echo sub\n' },
    runs: [['all'], ['only']],
    through: ['all', 'sub'],
  },
  'a circle, of which make leaves out one need': {
    makefile: `.PHONY: all a b c self
all: a self
a: b
	@echo a
b: c
	@echo b
c: a
	@echo c
self: self
	@echo self
`,
    runs: [['a'], ['c'], ['self'], ['all']],
    through: ['all', 'a', 'b', 'c', 'self'],
  },
  'commands that make several files at once, and commands for each of several files': {
    makefile: `.PHONY: all each
all: parser.c parser.h
	@cat parser.c parser.h
parser.c parser.h: parser.y
	@echo bison; cp parser.y parser.c; cp parser.y parser.h
each: x.txt y.txt
	@cat x.txt y.txt
x.txt y.txt: parser.y
	@echo $@ > $@
`,
    files: { 'parser.y': 'grammar\n' },
    runs: [['all'], ['all'], ['each']],
    through: ['all', 'parser.c', 'parser.h'],
  },
  'a rule for the Makefile itself': {
    makefile: `.PHONY: all
all:
	@cat made
Makefile: config.in
	@cp config.in made; touch Makefile
`,
    files: { 'config.in': 'configured\n' },
    runs: [['all']],
    through: ['all', 'Makefile'],
  },
  'programs that make starts without a shell': {
    makefile: `BOLD = \\033[1m
.PHONY: option quotes colours formatted ignored double shell
option:
	@echo -e done
quotes:
	@echo 'a\\tb'
colours:
	@echo -e '$(BOLD)$@'
formatted:
	@printf '\\x41$(BOLD)\\n'
ignored:
	-@echo -e '\\t'$(NAME)
double:
	@echo -e "a\\tb"
shell:
	@echo -e 'a\\tb'; true
`,
    runs: [['option'], ['quotes'], ['colours'], ['formatted'], ['ignored', { NAME: 'n' }], ['double'], ['shell']],
    through: [],
  },
  'flags of make': {
    makefile: `MAKEFLAGS += --no-print-directory --silent
.DELETE_ON_ERROR:
.PHONY: go
go:
	echo go
half: go.txt
	echo half > half
	false
`,
    files: { 'go.txt': '' },
    runs: [['go'], ['half']],
    through: ['half'],
  },
  'flags of make that change what it does': {
    makefile: `MAKEFLAGS += -k -i
.PHONY: go
go:
	@exit 3; echo never
	@echo after all
`,
    runs: [['go']],
    through: ['go'],
  },
};

/** Make prints the commands of a task that calls it, as it always did. */
const silently = { MAKEFLAGS: 's' };

async function filesIn({ folder }: Project): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const own = entries.filter(
    (entry) =>
      entry.isFile() &&
      !/\/(\.tasks|node_modules|bin|home)(\/|$)/.test(entry.parentPath.slice(folder.length)) &&
      !['tasks.config.yaml', 'stamp'].includes(entry.name),
  );
  const texts = await Promise.all(
    own.map(async ({ parentPath, name }) => {
      const path = `${parentPath}/${name}`;
      return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const;
    }),
  );
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a run prints and leaves; a failure only as such, since make has a code of its own. */
async function byMake(project: Project, target: string, env: Readonly<Record<string, string>>) {
  const { status, stdout } = spawnSync('make', [target], {
    cwd: project.folder,
    env: project.env({ PWD: project.folder, ...silently, ...env }),
    encoding: 'utf8',
  });
  return { ok: status === 0, stdout, files: await filesIn(project) };
}

type Written = { readonly tasks: Readonly<Record<string, { readonly run?: string | readonly string[] }>> };

function throughMake({ tasks }: Written): readonly string[] {
  return Object.values(tasks).flatMap(({ run }) => /^make -f Makefile (.*)$/.exec(String(run))?.[1] ?? []);
}

/** A Makefile may need more than the tasks that its targets are named after. */
function taskOf({ tasks }: Written, target: string): string {
  return Object.keys(tasks).find((name) => name === target) ?? target.replaceAll('/', ':').replace(/^\./, '');
}

test.each(Object.entries(cases))('%s: make and tasks do the same', async (_, { makefile, files, runs, through }) => {
  await using make = await createProject({ ...files, Makefile: makefile });
  await using tasks = await createProject({ ...files, Makefile: makefile });
  const imported = await tasks.run('--import=Makefile');
  expect(imported.stderr).toBe('');
  const config = parse(await tasks.read('tasks.config.yaml')) as Written;
  for (const [target, env = {}] of runs) {
    const expected = await byMake(make, target, env);
    const { exit, stdout } = await tasks.run(`${taskOf(config, target)} --output=json`, {
      env: { PWD: tasks.folder, ...silently, ...env },
    });
    const printed = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly stream?: string; readonly line?: string })
      .flatMap(({ type, stream, line }) => (type === 'task-output' && stream !== 'stderr' ? `${line}\n` : []))
      .join('');
    expect({ ok: exit === 0, stdout: printed, files: await filesIn(tasks) }, target).toEqual(expected);
  }
  expect(throughMake(config)).toEqual(through);
  for (const target of through)
    expect(imported.stdout).toMatch(
      new RegExp(`\`${target}\` still calls make, because of|all of them still call make`),
    );
});

test('variables of the caller of which the shell makes words are named once', async () => {
  const makefile = 'ARGS ?= -v\ntest:\n\t@printf "[%s]" $(ARGS) "$(NAME)"; echo $(ARGS) $(MORE)\n';
  await using project = await createProject({ Makefile: makefile });
  expect(
    (await project.run('--import=Makefile')).stdout,
  ).toBe(`wrote \`tasks.config.yaml\`: 1 tasks, 1 of them without make
note: line 2: \`test\` always runs; make would not while there is such a file
note: the caller may set \`ARGS\`, \`MORE\` in the environment (\`ARGS=… npx tasks test\`), and quotes within such a value are not the shell's any more
`);
  const { stdout } = await project.run('test', { env: { ARGS: '-k "a b"', NAME: '"n"' } });
  expect(stdout).toContain('\n[-k]["a][b"]["n"]-k "a b"\n');
});

test('names that JavaScript keeps, and that of `doctor`, are no names of tasks', async () => {
  const targets = ['constructor', 'prototype', '__proto__', 'doctor', 'toString'];
  const makefile = `prototype = of the Makefile\n${targets.map((name) => `${name}:\n\t@echo $(prototype)\n`).join('')}`;
  await using project = await createProject({ Makefile: makefile });
  await project.run('--import=Makefile');
  const names = ['constructor-2', 'prototype-2', 'proto__', 'doctor-2', 'toString'];
  const { stdout } = await project.run(`${names.join(' ')} --output=prefixed`);
  for (const name of names) expect(stdout).toMatch(new RegExp(`${name} *\\| of the Makefile`));
});

test('a name that means something to a regular expression is a target like any other', async () => {
  await using project = await createProject({ Makefile: 'all: c++\nc++:\n\t@echo cc\n' });
  expect((await project.run('--import=Makefile')).stdout).toContain('note: line 2: `c--` still calls make, because of');
  expect((await project.run('all')).stdout).toContain('cc\n');
});
