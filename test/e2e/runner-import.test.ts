/** `--import` does what make does, or goes on calling make and says so: targets, and the files that they are made of. */
import { expect, test } from 'vitest';
import { testBothWays } from '../helpers/by-make.ts';
import { createProject } from '../helpers/project.ts';

testBothWays({
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
  'files that are included': {
    makefile: `include common.mk tools/Makefile.defs
.PHONY: all go late
all: common shown
	@echo $(NAME) $(TOOL)
go:
	@echo $(LATE)
late:
	@echo $(missing X)
ifdef DEBUG
include debug.mk
endif
debug:
	@echo $(OTHER)
`,
    files: {
      'common.mk': 'NAME = common\ninclude more.mk\n.PHONY: common debug\ncommon:\n\t@echo in $(NAME)\n',
      'more.mk': 'LATE = later\nshown: ; @echo shown\n',
      'tools/Makefile.defs': 'TOOL := tool\n',
      'debug.mk': 'OTHER = other\n',
    },
    runs: [['all'], ['go'], ['late'], ['debug'], ['debug', { DEBUG: '1' }]],
    through: ['late'],
  },
  'files that are included, where they are made or not part of the project': {
    makefile: `include made.mk
.PHONY: go
go:
	@echo $(MADE)
made.mk: source
	@cp source made.mk
`,
    files: { source: 'MADE = 2\n', 'made.mk': 'MADE = 1\n' },
    runs: [['go']],
    through: ['go', 'made.mk'],
  },
  'static pattern rules': {
    makefile: `OUT = out
APPS := one two
OBJS = $(APPS:%=$(OUT)/%.o) $(OUT)/sub/three.o
.PHONY: all each
all: $(APPS)
	@cat one two
$(APPS): %: $(OUT)/%.o common.txt | $(OUT)
	@cat $^ > $@; echo $* >> $@
$(OBJS): $(OUT)/%.o: %.c
	@mkdir -p $(@D); cp $< $@
$(OUT)/one.o: one.h
$(OUT):
	@mkdir -p $@
both.a both.b: both.%: common.txt
	@cp $< both.a; cp $< both.b; echo made both
each: each-x each-y
each-x each-y: each-%: ; @echo "$* of $@"
odd.c: %.o: %.c ; @echo never
x.1 y.1: %.1: %.2 common.txt
	@cat $+ > $@
LATE = %.c
w.1: %.1: $(LATE)
	@cp $< $@
LATE = %.2
`,
    files: {
      ...{ 'one.c': '1\n', 'two.c': '2\n', 'sub/three.c': '3\n', 'one.h': 'h\n', 'common.txt': 'c\n' },
      ...{ 'x.2': 'x\n', 'y.2': 'y\n', 'w.c': 'w\n' },
    },
    runs: [['all'], ['out/sub/three.o'], ['both.a'], ['both.b'], ['each'], ['x.1'], ['y.1'], ['w.1']],
    through: ['both.a', 'both.b', 'odd.c', 'w.1'],
  },
  'what the compiler found that files are made of': {
    makefile: `SRCS := $(wildcard *.c)
DEPS = $(SRCS:.c=.d) $(patsubst %.c,%.d,$(SRCS)) more.d
ifneq ($(MAKECMDGOALS),clean)
-include $(DEPS)
endif
.PHONY: all test clean
all: app
	@cat app
app: main.c
	@cat main.c main.h > $@
test: tests/one
	@cat tests/one
tests/%: tests/%.c app
	@cat $^ > $@
clean:
	@rm -f app; echo clean
`,
    files: { 'main.c': 'c\n', 'main.h': 'h\n', 'main.d': 'app: main.h\n', 'tests/one.c': 'one\n' },
    runs: [['all'], ['test'], ['clean']],
    through: ['app', 'test'],
  },
  'such files, where they are made first': {
    makefile: `-include main.d
%.d: %.c
	@cp $< $@
.PHONY: say
say:
	@cat main.d
`,
    files: { 'main.c': '# nothing\n' },
    runs: [['say']],
    through: ['say'],
  },
  'a target in a folder that is not known': {
    makefile: `BIN ?= $(CURDIR)/bin
TOOL = $(BIN)/tool
LOCAL ?= $(shell pwd)/local
.PHONY: test build all
$(LOCAL):
	@mkdir -p $(LOCAL)
.DEFAULT_TARGET = test
test:
	@echo tested
bin/tool:
	@echo "another tool"
build: out/app
	@cat out/app
out/$(shell echo app): in.txt
	@mkdir -p out; cp in.txt $@
all: $(TOOL) in.txt
	@cat bin/tool
$(TOOL):
	@mkdir -p bin; echo the tool > $@
`,
    files: { 'in.txt': 'in\n' },
    runs: [['test'], ['build'], ['all'], ['bin/tool']],
    through: ['build', 'all'],
  },
  '`.PHONY` of names that are not known': {
    makefile: `DIRS = x y
.PHONY: all $(foreach dir,$(DIRS),build-$(dir))
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
use: config.json two
	@cat config.json two
two:
	@cd sub; cp a.txt ../two
	@echo more >> $@; OTHER=1
	-@false
after: two
	@echo after > $@
broken:
	@false
	@echo never
stamp: FORCE
	@date > stamp; echo stamped
FORCE:
.venv: needed.txt
	@mkdir -p .venv; touch .venv; echo venv
.PHONY: use
`,
    files: { 'config.sample': 'sample\n', 'config.json': 'my own\n', 'needed.txt': '', 'sub/a.txt': 'a\n' },
    runs: [['use'], ['use'], ['config.json'], ['two'], ['after'], ['broken'], ['stamp'], ['stamp'], ['.venv']],
    through: ['after'],
  },
  'a target that is not in `.PHONY`': {
    makefile: `test:
	@echo testing
docs:
	@echo documents
install: test
	@echo installing
uname:
	@uname
vet:
	@make -f sub.mk vet
`,
    files: { 'docs/a': '', 'sub.mk': 'vet:\n\t@echo vetted\n' },
    runs: [['test'], ['docs'], ['install'], ['install'], ['uname'], ['vet']],
    through: [],
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
copied: own.txt $(SRC)
	@cat $< > $@; cat $@
first: $(SRC) own.txt
	@cat $< > $@; cat $@
.PHONY: list
list:
	@echo $(SRC)
`,
    files: { 'src/a.txt': 'a\n', 'src/b.txt': 'b\n', 'own.txt': 'own\n' },
    runs: [['joined'], ['count'], ['copied'], ['first'], ['list']],
    through: ['joined', 'first', 'list'],
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
  expect((await project.run('--import=Makefile')).stdout).toContain('note: target `c++` is the task `c--`\n');
  expect((await project.run('all')).stdout).toContain('cc\n');
});

test('a note says in which file its line is', async () => {
  await using project = await createProject({
    Makefile: 'include rules.mk\n',
    'rules.mk': '.PHONY: go\ngo:\n\t@echo $(words a)\n',
  });
  expect((await project.run('--import=Makefile')).stdout).toContain(
    'note: line 2 of `rules.mk`: `go` still calls make, because of `$(words …)`\n',
  );
});
