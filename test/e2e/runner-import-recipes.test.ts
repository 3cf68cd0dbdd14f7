/** `--import` does what make does, or goes on calling make and says so: commands, and how make starts them. */
import { testBothWays } from '../helpers/by-make.ts';

testBothWays({
  'signs that stand in variables': {
    makefile: `Q := $(if $(filter 1,$(V)),,@)
H = $(if $(V:0=),,@)
M := $(if $(V),-,@)
SAY = @echo "$(WHAT)"
.PHONY: hidden may said
hidden:
	$(Q)echo hidden
	$(H)-false
may:
	$(M)false
said:
	$(SAY)
`,
    runs: [['hidden'], ['hidden', { V: '1' }], ['may'], ['may', { V: '1' }], ['said', { WHAT: 'a  b' }]],
    through: ['may', 'said'],
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
    through: [],
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
  'a shell with options': {
    makefile: `SHELL := /usr/bin/env bash -o pipefail
.SHELLFLAGS = -ec
.PHONY: piped still option
piped:
	@false | true
	@echo never
still:
	-@false; echo never
	@echo went on
option:
	@echo -e done 'a\tb'
`,
    runs: [['piped'], ['still'], ['option']],
    through: [],
  },
  'options of the shell that are not known': {
    makefile: `.SHELLFLAGS = -c -- echo
.PHONY: go
go:
	@echo went
`,
    runs: [['go']],
    through: ['go'],
  },
  'what is made in another folder': {
    makefile: `ifeq ($(shell which no-such-program),)
$(warning no such program, run: npm ci)
endif
DOCS = docs
ROOT = .
.PHONY: docs both own here root
docs:
	@$(MAKE) -C docs all
	@cd $(DOCS) && $(MAKE) all
both: docs
	@$(MAKE) -C $(DOCS) all; echo both
own:
	@$(MAKE) docs
here:
	@$(MAKE) -C . docs
root:
	@$(MAKE) -C $(ROOT) docs
out: docs/Makefile
	@$(MAKE) -C docs all; touch out
`,
    files: { 'docs/Makefile': 'all:\n\t@echo docs\n' },
    runs: [['both']],
    through: ['own', 'here', 'root', 'out'],
  },
  'a module of the kernel': {
    makefile: `obj-m := hello.o
PWD := $(shell pwd)
KDIR ?= $(shell echo kernels)/build
.PHONY: all clean
all:
	@$(MAKE) -C $(KDIR) M="$(PWD)" modules
clean:
	@make -C $(KDIR) M="$(PWD)" clean
`,
    files: {
      'kernels/build/Makefile': 'modules clean:\n\t@echo $@ $(notdir $(CURDIR)) $(words $(wildcard $(M)/kernels))\n',
      'kernels/other/Makefile': 'modules:\n\t@echo others\n',
    },
    runs: [['all'], ['all', { KDIR: 'kernels/other' }], ['clean']],
    through: [],
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
});
