/** `--import` does what make does, or goes on calling make and says so: variables, and the environment of commands. */
import { expect, test } from 'vitest';
import { testBothWays } from '../helpers/by-make.ts';
import { createProject } from '../helpers/project.ts';

testBothWays({
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
  'what make sets itself': {
    makefile: `.PHONY: help flags shell goals
help: ## Show this
	@grep -h '##' $(MAKEFILE_LIST) | sed 's/:.*//'
flags:
	@echo "$(MAKEFLAGS)"
shell:
	@echo $(SHELL)
goals:
	@echo $(MAKECMDGOALS) $(CPP)
`,
    runs: [['help'], ['flags'], ['shell'], ['goals']],
    through: ['help', 'flags', 'goals'],
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
    through: ['old', 'names'],
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
    through: ['go'],
  },
  'words made of words': {
    makefile: `DIRS = x  y.c
NAMES := $(patsubst %.c,obj/%.o,$(DIRS) z.c)
.PHONY: words quoted odd $(addprefix build-,$(DIRS))
words:
	@echo $(NAMES) $(NAMES:obj/%=$(OUT)/%) $(addsuffix .d,a b) $(DIRS:.c=$(SUFFIX))
quoted:
	@echo "$(addprefix -I,$(DIRS))" '$(DIRS:%=<%>)' "$(patsubst %.c,%,a.c b.h   c.c)"
odd:
	@echo "$(patsubst %.c , %.o,a.c)" "$(addprefix p ,a b)" "$(patsubst a,b,a ab)" "$(addsuffix %,a)"
build-x:
	@echo build
SUFFIX = .h
OUT = out
`,
    files: { 'build-x': '' },
    runs: [['words'], ['quoted'], ['odd'], ['build-x']],
    through: ['odd'],
  },
  'what is added to what the caller sets': {
    makefile: `CFLAGS += -Wall
ifdef DEBUG
CFLAGS += -g$(DEBUG)
endif
MODE ?= fast
MODE += $(EXTRA) x
EMPTY ?=
EMPTY += y
AR += rc
NONE +=
SAME = same
SAME +=
.PHONY: all quoted
all:
	@echo $(CFLAGS) $(MODE) $(EMPTY) $(AR)
quoted:
	@echo "[$(CFLAGS)]" "[$(MODE)]" '[$(CFLAGS)|$(MODE)|$(EMPTY)]' "[$(EMPTY)]" "[$(AR)]" "[$(NONE)][$(SAME)]"
`,
    runs: (['all', 'quoted'] as const).flatMap((target) => [
      [target],
      [target, { CFLAGS: '-O2', MODE: '', EMPTY: 'a  b', AR: 'other', NONE: 'n' }],
      [target, { CFLAGS: '', MODE: 'slow', EXTRA: 'e', DEBUG: '1', AR: '' }],
    ]),
    through: [],
  },
  'a PATH that grows': {
    makefile: `export PATH := $(PWD)/tools:$(PATH)
.PHONY: go
go:
	@hello
	@printenv PATH | sed 's/:.*//; s/.*tools/tools/'
made:
	@mkdir -p tools; echo 'echo hello' > tools/hello; chmod +x tools/hello
.PHONY: shown version
shown:
	@echo $(PATH) | grep -c tools
version:
	@echo $(shell uname -s)
`,
    runs: [['made'], ['go'], ['shown'], ['version']],
    through: ['shown', 'version'],
  },
  'an environment that the caller may set': {
    makefile: `export TOOL ?= hammer
SIZE ?= $(KIND)-9
export SIZE
FIRST := one
export LIST := $(FIRST) $(LIST)
MACHINE = $(shell uname -s)
export MACHINE
.PHONY: go quiet
go: made
	@sh -c 'echo "$$TOOL|$$SIZE|$$LIST|$$MACHINE"'; echo $$TOOL "$(TOOL)"
	@cd /; printenv TOOL | sed s/x/y/ # all
	-@exit 3
quiet:
	@printenv SIZE > quiet
made:
	@printenv TOOL > $@; echo made
`,
    runs: [['go', { TOOL: 'saw x', KIND: 'k', LIST: 'a  b', MACHINE: 'none' }], ['quiet', { SIZE: '' }], ['quiet']],
    through: [],
  },
  'an environment that was set again, or that changes what make reads': {
    makefile: `FIRST := one
export LIST := $(FIRST)$(LIST)
FIRST := two
.PHONY: go
go:
	@printenv LIST
`,
    runs: [['go', { LIST: 'x' }]],
    through: ['go'],
  },
  'an environment with signs of the shell': {
    makefile: `export AT := $$HOME/x
.PHONY: go
go:
	@printenv AT
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
      ['single'],
      ['single', { PORT: '5 "a"' }],
      ['cd'],
      ['set', { NAME: 'outer' }],
      ['other'],
      ['compiler'],
      ['compiler', { CC: 'tcc' }],
    ],
    through: ['cd', 'set', 'other'],
  },
  'a variable that is given on, and the folder': {
    makefile: `GOOS ?= linux
.PHONY: build args mounts moved other
build:
	@GOOS=$(GOOS) GOARCH="$(GOARCH)" sh show.sh; echo "$(GOOS) $(GOARCH)"
args:
	@echo "--build-arg=GOOS=$(GOOS)" --arch=$(GOARCH)
mounts:
	@basename "$(CURDIR)" | grep -c project; echo -v "$(CURDIR):/src" | wc -w
moved:
	@cd sub && basename $(CURDIR) | grep -c project
other:
	@GOOS=$(GOOS)x; echo $(GOOS)
`,
    files: { 'sub/a': '', 'show.sh': 'echo "$GOOS $GOARCH"\n' },
    runs: [
      ['build'],
      ['build', { GOOS: 'plan9', GOARCH: 'mips' }],
      ['args', { GOOS: 'plan9' }],
      ['mounts'],
      ['moved'],
      ['other', { GOOS: 'plan9' }],
    ],
    through: ['moved', 'other'],
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
});

test('where a target shows help, what shows it here is named', async () => {
  const makefile = 'help: ## Show this\n\t@grep "##" $(MAKEFILE_LIST)\n';
  await using project = await createProject({ Makefile: makefile });
  expect((await project.run('--import=Makefile')).stdout).toContain(
    '`help` still calls make, because of `$(MAKEFILE_LIST)` (`npx tasks --list` shows what a `help` target shows)\n',
  );
});

test('variables of the caller of which the shell makes words are named once', async () => {
  const makefile = 'ARGS ?= -v\ntest:\n\t@printf "[%s]" $(ARGS) "$(NAME)"; echo $(ARGS) $(MORE)\n';
  await using project = await createProject({ Makefile: makefile });
  expect(
    (await project.run('--import=Makefile')).stdout,
  ).toBe(`wrote \`tasks.config.yaml\`: 1 task, 1 of them without make
note: line 2: \`test\` always runs; make would not while there is such a file
note: the caller may set \`ARGS\`, \`MORE\` in the environment (\`ARGS=… npx tasks test\`), and quotes within such a value are not the shell's any more
`);
  const { stdout } = await project.run('test', { env: { ARGS: '-k "a b"', NAME: '"n"' } });
  expect(stdout).toContain('\n[-k]["a][b"]["n"]-k "a b"\n');
});
