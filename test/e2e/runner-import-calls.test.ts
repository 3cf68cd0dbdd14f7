/** `--import` does what make does, or goes on calling make and says so: texts that are called, and what make prints itself. */
import { expect, test } from 'vitest';
import { testBothWays } from '../helpers/by-make.ts';
import { createProject } from '../helpers/project.ts';

testBothWays({
  'texts of several lines, and texts that are called': {
    makefile: `CC := gcc
define twice
@echo "first $(1) of $@, with $(CC)"
# a comment
echo "second $2 \${1}" \\
  and more
endef
define banner =
echo ====
-false
echo "$$PWD" | grep -c /
endef
greet = echo hello $(1) from $(0), $$(echo now)
both = $(call greet,$(1)) && $(call greet,b)
.PHONY: args none nested beside quiet files
args:
	$(call twice,x,y z)
none:
	@$(call twice)
nested:
	@$(call both,a (b))
beside:
	@$(banner)
	@echo begin; $(call greet, you)
	@$(call greet,1) $(banner)
quiet:
	-@$(call fails)
fails = false; exit 3
files: out.txt
out.txt: in.txt
	$(call copy,$<,$@)
define copy
cp $(1) $(2)
@echo copied to $(notdir $(2)) >> log
endef
plain: in.txt
	$(call put,$<,$@)
put = cp $(1) $(2)
`,
    files: { 'in.txt': 'text' },
    runs: [['args'], ['none'], ['nested'], ['beside'], ['quiet'], ['files'], ['plain']],
    through: ['out.txt'],
  },
  'texts that are called and not always the same': {
    makefile: `define once
echo 1
endef
once = echo 2
define later
echo $(1)
endef
ifdef CI
say = echo ci $(1)
else
say = echo home $(1)
endif
maybe ?= echo maybe $(1)
loop = $(call loop,$(1))
.PHONY: one two three four five six
one:
	@$(call once)
two:
	@$(call later,2)
three:
	@$(call say,3)
four:
	@$(call maybe,4)
five:
	@echo 5 $(call nothing,5)
six:
	@echo 6 $(call later)
`,
    runs: [['one'], ['two'], ['three'], ['three', { CI: '1' }], ['four'], ['five'], ['six']],
    through: ['one', 'four', 'five'],
  },
  'texts of several lines in the environment': {
    makefile: `NAME := tool
define USAGE
usage: $(NAME) [words]
  "all" of them, and it's free
endef
export USAGE
define LATER
$(WHO) is not known
endef
.PHONY: help other
other:
	@echo other
help:
	@echo "$$USAGE"
	@printf '%s.' "$$USAGE" | wc -l
`,
    runs: [['help'], ['other']],
    through: [],
  },
  'errors that end make': {
    makefile: `ifndef VERSION
$(error VERSION isn't set (try VERSION=1))
endif
ifeq (,$(shell command -v sh))
$(error "no shell")
endif
ifeq ($(VERSION),old)
  $(error $(VERSION) is too old)
endif
.PHONY: all some show
all: out.txt some
some:
	@echo some
out.txt: in.txt
	cp $< $@
show:
	@echo $(VERSION)
`,
    files: { 'in.txt': 'text' },
    runs: [['all'], ['show'], ['all', { VERSION: '1' }], ['show', { VERSION: 'old' }], ['some', { VERSION: '2' }]],
    through: [],
  },
  'errors, warnings and news in recipes': {
    makefile: `.PHONY: guard warn late deploy other
guard:
	$(if $(TOKEN),,$(error TOKEN is not set; use TOKEN=...))
	@echo guarded
warn:
	$(info some news (of $(NAME)))
	@$(warning careful)
	-@echo warned
late:
	@echo first
	$(error too late)
deploy:
ifndef ENV
	$(error ENV is not set)
endif
	@echo deploy to $(ENV)
other:
	$(if $(TOKEN),,$(error $(words a b)))
	@echo other
`,
    runs: [
      ['guard'],
      ['guard', { TOKEN: 'a b' }],
      ['warn', { NAME: 'n' }],
      ['late'],
      ['deploy'],
      ['deploy', { ENV: 'test' }],
      ['other', { TOKEN: '1' }],
    ],
    through: ['warn', 'late', 'other'],
  },
});

test('of a file that is included and may not be there, a note says what to write instead', async () => {
  await using project = await createProject({
    Makefile: '-include .env\n-include local.mk\n.PHONY: a\na:\n\techo a\n',
  });
  expect(
    (await project.run('--import=Makefile')).stdout,
  ).toBe(`wrote \`tasks.config.yaml\`: 1 task, 0 of them without make
note: line 1: \`-include .env\` may change any target, so all of them still call make; without the line they would not: write \`dotenv: [.env]\` in the config instead
note: line 2: \`-include local.mk\` may change any target, so all of them still call make; without the line they would not: what it sets can be set in the environment
`);
});
