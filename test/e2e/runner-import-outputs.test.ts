/** `--import` does what make does, or goes on calling make and says so: outputs of commands, and values within quotes. */
import { testBothWays } from '../helpers/by-make.ts';

testBothWays({
  'outputs of commands': {
    makefile: `VERSION := $(shell cat VERSION | sed 's/^v//')
FILES = $(shell ls *.txt)
TAG ?= $(shell echo t)-$(VERSION)
LDFLAGS = -ldflags '-X main.version=$(VERSION) -X "main.tag=$(TAG)"'
.PHONY: words flags tag inner parens
words:
	@printf '[%s]' $(FILES) $(VERSION); echo
flags:
	@printf '[%s]' $(LDFLAGS); echo
tag:
	@printf '[%s]' $(TAG) x-$(TAG); echo
inner:
	@echo $(shell echo "$(words)" '$$1' | sed 's/$$1/one/' | tr -d '"')
parens:
	@echo $(shell (echo a; echo b))
`,
    files: { VERSION: 'v7\n', 'a.txt': '', 'b.txt': '' },
    runs: [['words'], ['flags'], ['flags', { TAG: 'mine' }], ['tag'], ['tag', { TAG: 'mine' }], ['inner'], ['parens']],
    through: [],
  },
  'outputs that make reads before': {
    makefile: `ID := $(shell mktemp -u)
NOW := $(shell date +%s)
COUNT = $(shell ls made | wc -l)
ARCH := $(shell uname -m)
.PHONY: random now after and first moved fixed
random:
	@test $(ID) = $(ID)
now:
	@test $(NOW) -gt 0
after: made/a
	@echo $(COUNT)
made/a:
	@mkdir -p made; touch made/a made/b
and:
	@touch made/c && echo $(COUNT)
first:
	@echo $(COUNT)
	@touch made/d
moved:
	@cd made && echo $(shell echo *.txt)
fixed: made/a
	@echo before
	@cd made && echo "$(ARCH)" $(ARCH)
`,
    files: { 'made/0': '', 'a.txt': '' },
    runs: [['random'], ['now'], ['first'], ['after'], ['and'], ['moved'], ['fixed']],
    through: ['random', 'now', 'after', 'and', 'moved', 'fixed'],
  },
  'outputs within quotes': {
    makefile: `LINES = $(shell cat lines)
KERNEL := $(shell uname -s)
.PHONY: several one single text ticks
several:
	@echo "$(LINES)"
one:
	@echo "on $(KERNEL)" "$(shell cat lines | head -1)"
single:
	@echo '{"on":"$(KERNEL)"}'
text:
	@echo "it's $(KERNEL)"
ticks:
	@echo \`echo $(KERNEL)\`
`,
    files: { lines: 'a  b\nc\n' },
    runs: [['several'], ['one'], ['single'], ['text'], ['ticks']],
    through: ['several', 'text', 'ticks'],
  },
  'what is there where the caller sets something': {
    makefile: `TAGS ?=
KIND = big
.PHONY: words quoted given both command
words:
	@printf '[%s]' build $(if $(TAGS),-tags $(TAGS)) image$(if $(TAG),:$(TAG)); echo
quoted:
	@echo "$(if $(TAG), with $(TAG))" 'and$(if $(TAG), $(TAG))'
given:
	@echo $(if $(KIND),$(KIND))
both:
	@echo $(if $(TAG),a,b)
command:
	@echo $(if $(shell echo x),a)
`,
    runs: ['words', 'quoted', 'given', 'both', 'command'].flatMap((target) => [
      [target] as const,
      [target, { TAGS: 'x y', TAG: '' }] as const,
      [target, { TAGS: '', TAG: '1' }] as const,
    ]),
    through: ['given', 'both', 'command'],
  },
  "the caller's variables within single quotes": {
    makefile: `VERSION ?= 1
IMAGE = example/$(NAME):$(VERSION)
FORMAT = '{{.$(NAME)}}'
QUOTED = 'a $(VERSION)
QUOTED += $(NAME)'
.PHONY: json nested format list odd script across
json:
	@echo '{"version":"$(VERSION)","name":"$(NAME)"}' 'plain $$x'
nested:
	@echo 'image: $(IMAGE)' "$(IMAGE)" $(IMAGE)
format:
	@echo $(FORMAT)
list:
	@VERSION='$(VERSION)' sh show.sh
odd:
	@echo "don't $(NAME)"
script:
	@sh -c "echo '$(NAME)'"
across:
	@echo $(QUOTED)
`,
    files: { 'show.sh': 'echo "$VERSION"\n' },
    runs: ['json', 'nested', 'format', 'list', 'odd', 'script', 'across'].flatMap((target) => [
      [target] as const,
      [target, { VERSION: '2  b', NAME: 'n*x' }] as const,
    ]),
    through: ['odd', 'script'],
  },
});
