/** `--import` does what make does, or goes on calling make and says so: what stands in conditions. */
import { expect, test } from 'vitest';
import { testBothWays } from '../helpers/by-make.ts';
import { createProject } from '../helpers/project.ts';

testBothWays({
  'a prefix that only hides commands': {
    makefile: `ifeq ($(filter 1,$(V)),)
  Q = @
  MAKEFLAGS += --no-print-directory
else
  Q =
endif
.PHONY: clean all
all: clean
	$(Q)echo all
clean:
	$(Q)-rm build/a; echo cleaned
`,
    runs: [['all'], ['all', { V: '1' }]],
    through: [],
  },
  'what the caller decides': {
    makefile: `FLAGS = -O2
KIND ?= small
ifeq ($(DEBUG),1)
FLAGS += -g
endif
ifdef TRACE
NOISE = @echo "trace"
endif
ifneq "$(KIND)" "small"
SIZE := 9
else ifeq ($(DEBUG), 2)
SIZE := 5
else
SIZE := 1
endif
.PHONY: flags size both noisy
flags:
	@echo "$(FLAGS)" $(FLAGS)
size:
	@echo $(SIZE)
both:
	@echo "$(FLAGS) $(SIZE)"; echo done # of $(SIZE)
noisy:
	$(NOISE)
	@echo noisy
ifdef TRACE
	@test $(TRACE) != bad
	@echo "and more"
else
	@echo
endif
	@echo end
`,
    runs: [
      ...(['flags', 'size', 'both', 'noisy'] as const).flatMap((target) => [
        [target] as const,
        [target, { DEBUG: '1' }] as const,
        [target, { DEBUG: '2', TRACE: 'x' }] as const,
      ]),
      ['both', { DEBUG: '1', KIND: 'big' }],
      ['size', { KIND: '' }],
      ['size', { DEBUG: '!' }],
      ['noisy', { TRACE: '' }],
      ['noisy', { TRACE: 'bad' }],
    ],
    through: [],
  },
  'what is known, and what the machine says': {
    makefile: `MODE := release
ifeq ($(MODE),release)
OUT = out/release
else
OUT = out/$(words a b)
endif
ifeq ($(shell uname -s),Linux)
NAME = linux
else
NAME = other
endif
ifeq ($(shell ls | wc -l),0)
COUNT = none
else
COUNT = some
endif
.PHONY: name count
.PHONY: made
made:
	@mkdir -p $(OUT); cp in.txt $(OUT)
name:
	@echo $(NAME) $(OUT)
count:
	@echo $(COUNT)
`,
    files: { 'in.txt': 'in\n' },
    runs: [['made'], ['name'], ['count']],
    through: ['count'],
  },
  'a condition that asks before the variable is set': {
    makefile: `ifeq ($(ARCH),)
ARCH = here
endif
ifeq ($(LATE),)
EARLY = yes
endif
LATE = late
ifneq ($(LATE),late)
EARLY = never
endif
ifdef LATE
SET = set
endif
.PHONY: arch early
arch:
	@echo $(ARCH)
early:
	@echo $(EARLY)
set:
	@echo $(SET)
`,
    runs: [['arch'], ['arch', { ARCH: 'there' }], ['early'], ['early', { LATE: 'x' }], ['set']],
    through: ['set'],
  },
  'what commands cannot decide': {
    makefile: `ifdef WITH
NEEDS = one
export LEVEL = 1
else
NEEDS = two
endif
.PHONY: all one two
all: $(NEEDS)
	@echo all
one:
	@echo one $$LEVEL
two:
	@echo two
ifdef MORE
three:
	@echo three
endif
`,
    runs: [['all'], ['all', { WITH: '1' }], ['one'], ['one', { WITH: '1' }], ['three', { MORE: '1' }]],
    through: ['all', 'one', 'two', 'three'],
  },
  'what only looks like a condition': {
    makefile: `define TEXT
ifdef X
else
endef
ifdef WITH
define OTHER
else
endef
A = with
else
A = without
endif
.PHONY: go
go:
	@if true; then echo one; \\
	else \\
	  echo two; \\
	fi
	@echo $(A)
ifdef WITH
	@echo with
endif
`,
    runs: [['go'], ['go', { WITH: '1' }]],
    through: [],
  },
  'a condition that asks for what another one has set': {
    makefile: `MACHINE := $(shell uname -s)
ifeq ($(MACHINE),Linux)
  ARCH ?= one
endif
ARCH ?= two
ifeq ($(ARCH),one)
  KIND ?= first
else
  KIND = second
endif
.PHONY: go
go:
	@echo $(ARCH) $(KIND)
`,
    runs: [['go'], ['go', { ARCH: 'two' }], ['go', { ARCH: 'one', KIND: 'third' }]],
    through: [],
  },
  'a module of the kernel': {
    makefile: `ifneq ($(KERNELRELEASE),)
obj-m := hello.o
hello-y := main.o util.o
else
KDIR ?= kernel
PWD := $(shell pwd)
all: modules
modules:
	$(MAKE) -C $(KDIR) M=$(PWD) modules
clean:
	$(MAKE) -C $(KDIR) M=$(PWD) clean
	rm -f *.tmp
.PHONY: all modules clean
endif
`,
    files: {
      'kernel/Makefile': 'modules clean:\n\t@echo $@; ls $(M) | grep kernel\n',
      'other/Makefile': 'modules clean:\n\t@echo other $@\n',
    },
    runs: [['all'], ['clean', { KDIR: 'other' }], ['modules']],
    through: [],
  },
  'files that a condition has other commands for': {
    makefile: `ifdef STRIP
AFTER = tr -d x
else
AFTER = cat
endif
out: in.txt
	$(AFTER) < in.txt > $@
once:
	$(AFTER) < in.txt > $@; echo made
`,
    files: { 'in.txt': 'xyx\n' },
    runs: [['out', { STRIP: '1' }], ['out'], ['once', { STRIP: '1' }], ['once']],
    through: [],
  },
});

test('a condition of the caller is one of the shell, and where it makes no difference nothing of it is left', async () => {
  const makefile = `ifeq ($(V),1)
Q =
else
Q = @
endif
ifdef FAST
MODE = quick
endif
NAME = app
.PHONY: clean build
clean:
	$(Q)rm -f $(NAME)
build:
	$(Q)echo $(NAME)
ifdef FAST
	$(Q)echo $(MODE)
endif
`;
  await using project = await createProject({ Makefile: makefile });
  expect((await project.run('--import=Makefile')).stdout).toBe(
    'wrote `tasks.config.yaml`: 2 tasks, 2 of them without make\n',
  );
  expect(await project.read('tasks.config.yaml')).toContain(`vars:
  NAME: app
tasks:
  clean:
    run: rm -f \${NAME}

  build:
    run:
      - echo \${NAME}
      - '[ "$\${FAST}" = "" ] || echo quick'
`);
});

test('conditions that are deep within each other are read, and those that are too deep are told', async () => {
  const nested = (depth: number): string =>
    `${'ifdef X\n'.repeat(depth)}A = 1\n${'endif\n'.repeat(depth)}all: ; echo $(A)\nnone: ; echo none\n`;
  await using project = await createProject({ deep: nested(1000), deeper: nested(1001) });
  expect(await project.run('--import=deeper')).toEqual({
    exit: 2,
    stdout: '',
    stderr: `error: line 1001 of the Makefile opens a condition within 1000 others, and what is so deep cannot be imported
hint: where an \`endif\` is missing, add it; what generates so many is better imported without them
`,
  });
  expect(await project.run('--import=deep')).toMatchObject({
    exit: 0,
    stdout: `wrote \`tasks.config.yaml\`: 2 tasks, 1 of them without make
note: line 2002: \`all\` still calls make, because of \`$(A)\`, which is set by a condition (\`ifdef\` in line 257)
`,
    stderr: '',
  });
});
