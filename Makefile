# imapdiff: `make help` lists the targets.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)# unless the command line has its own -j
endif
B       ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
Q ?= @
OPT     ?= -O2 -g
RE2C_LINES ?= -i
PREFIX  ?= /usr/local
WARN    := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla
CSTD    := -std=c17 -D_GNU_SOURCE $(WARN)
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
PKGS    := lua5.4 libevent libevent_openssl openssl gmime-3.0 jansson
# Asked once, and not before the packages are there: the first recipe that needs it asks. An empty answer is asked again.
asked    = $(if $($(1)),,$(eval $(1) := $$(shell $(2) 2>/dev/null)))$($(1))
PKGC     = $(call asked,PKGC_SAID,pkg-config --cflags $(PKGS))
LIBS     = $(call asked,LIBS_SAID,pkg-config --libs $(PKGS)) -lm -lpthread
PLUGINS := -Wl,--dynamic-list=harness/library.list
SAN     := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# Each layer sees itself and those below it: a wrong include does not build.
INC_grammar := -Igrammar -I$(B)/gen
INC_model    = $(INC_grammar) -Imodel $(call asked,LUAC_SAID,pkg-config --cflags lua5.4)
INC_harness  = $(INC_model) -Iharness $(PKGC) -DIMAPDIFF_VERSION='"$(VERSION)"'

.PHONY: all help
all: $(B)/imapdiff
help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-zA-Z_%-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST) | sort

RE   := $(wildcard grammar/*.re)
GSRC := $(wildcard grammar/*.c)
MSRC := $(wildcard model/*.c)
HSRC := $(filter-out harness/fuzz_%,$(wildcard harness/*.c)) # a fuzzer has an entry of its own
GEN  := $(RE:grammar/%.re=$(B)/gen/%.c)

# objects KIND FLAGS LINKING: the rules of one build of everything; KIND names its folder. CC_KIND, if set, compiles it.
define objects
$(B)/$(1)/grammar/%.o: grammar/%.c | deps
	@mkdir -p $$(@D)
	@echo cc $$<
	$$(Q)$$(or $$(CC_$(1)),$$(CC)) $(CSTD) $(2) $$(INC_grammar) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/gen/%.o: $(B)/gen/%.c | deps
	@mkdir -p $$(@D)
	@echo cc $$<
	$$(Q)$$(or $$(CC_$(1)),$$(CC)) $(CSTD) $(2) $$(INC_grammar) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/model/%.o: model/%.c | deps
	@mkdir -p $$(@D)
	@echo cc $$<
	$$(Q)$$(or $$(CC_$(1)),$$(CC)) $(CSTD) $(2) $$(INC_model) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/harness/%.o: harness/%.c | deps
	@mkdir -p $$(@D)
	@echo cc $$<
	$$(Q)$$(or $$(CC_$(1)),$$(CC)) $(CSTD) $(2) $$(INC_harness) -MMD -MP -c -o $$@ $$<
GOBJ_$(1) := $(GSRC:grammar/%.c=$(B)/$(1)/grammar/%.o) $(RE:grammar/%.re=$(B)/$(1)/gen/%.o)
MOBJ_$(1) := $(MSRC:model/%.c=$(B)/$(1)/model/%.o)
HOBJ_$(1) := $(HSRC:harness/%.c=$(B)/$(1)/harness/%.o)
$(B)/$(1)/imapdiff: $$(GOBJ_$(1)) $$(MOBJ_$(1)) $$(HOBJ_$(1))
	@echo link $$@
	$$(Q)$$(or $$(CC_$(1)),$$(CC)) $(2) $(3) $(PLUGINS) -o $$@ $$^ $$(LIBS)
-include $$(wildcard $(B)/$(1)/*/*.d)
endef
# Its name and commit stand in three files.
.PHONY: FORCE
$(B)/version: FORCE
	@mkdir -p $(@D) && { echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@; }
$(foreach kind,rel san hostile,$(eval $(patsubst %,$(B)/$(kind)/harness/%.o,cli report_html report_json): $(B)/version))
$(eval $(call objects,rel,$(OPT)))
$(eval $(call objects,san,-O1 -g $(SAN)))
comma := ,
$(eval $(call objects,hostile,-O1 -g $(SAN) -DHOSTILE,-Wl$(comma)--wrap=malloc$(comma)--wrap=calloc$(comma)--wrap=realloc))

$(B)/gen/%.c: grammar/%.re | deps
	@mkdir -p $(@D)
	$(Q)re2c -W -Werror $(RE2C_LINES) --no-generation-date $$(sed -n '1s,^// re2c: ,,p' $<) -o $@ $<
$(B)/imapdiff: $(B)/rel/imapdiff
	@cp $< $@.new && mv -f $@.new $@ # one that runs keeps its file

# Tests: one program per tests/<layer>/test_*.c, with the layer's helpers, in the sanitized build.
TESTS := $(basename $(wildcard tests/*/test_*.c))
.SECONDEXPANSION:
THELP = $(patsubst tests/%.c,$(B)/tests/obj/%.o,$(filter-out tests/$(1)/test_%,$(wildcard tests/$(1)/*.c)))
define testrule
$(patsubst %.c,$(B)/tests/obj/$(1)/%.o,$(notdir $(wildcard tests/$(1)/*.c))): $(B)/tests/obj/$(1)/%.o: tests/$(1)/%.c | deps $(GEN)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $(CSTD) -O1 -g $(SAN) $$(INC_$(3)) -Itests/$(1) -MMD -MP -c -o $$@ $$<
$(B)/tests/$(1)/test_%: $(B)/tests/obj/$(1)/test_%.o $$(call THELP,$(1)) $(2)
	@mkdir -p $$(@D)
	@echo test $$@
	$$(Q)$$(CC) $(SAN) $(PLUGINS) -o $$@ $$^ -lcmocka $$(LIBS)
-include $$(wildcard $(B)/tests/obj/$(1)/*.d)
endef
NOMAIN = $(filter-out %/main.o,$(1))
$(eval $(call testrule,grammar,$$(GOBJ_san),grammar))
$(eval $(call testrule,model,$$(GOBJ_san) $$(MOBJ_san),model))
$(eval $(call testrule,harness,$$(GOBJ_san) $$(MOBJ_san) $$(call NOMAIN,$$(HOBJ_san)),harness))
$(eval $(call testrule,lua,$$(GOBJ_san) $$(MOBJ_san) $$(call NOMAIN,$$(HOBJ_san)),harness))

.PHONY: deps run check check-full bench clauses format install clean sanitize tests
deps:
	@sh mk/packages.sh build
sanitize: $(B)/san/imapdiff ## imapdiff with address and undefined-behaviour sanitizers, in build/san
tests: $(TESTS:%=$(B)/%)
run: all ## judge a private Dovecot (or, without packages, the embedded model) and print its profile
	@sh mk/run.sh
check: all tests sanitize $(B)/hostile/imapdiff ## all tests, within 15 minutes
	@sh mk/check.sh
check-full: all tests sanitize $(B)/hostile/imapdiff ## the long tests: thousands of programs for each behaviour
	@sh mk/check.sh full
bench: all targets ## measure against the yardsticks and the design's figures; IMAPTEST=PROGRAM: ImapTest too
	@sh mk/packages.sh fuzz || echo "bench: without AFL++, which is not measured"
	@$(MAKE) --no-print-directory bench-fuzzers || echo "bench: fuzzers that could not be built are not measured"
	@IMAPTEST='$(IMAPTEST)' sh mk/bench.sh
clauses: ## which requirement ids are cited by code and by tests
	@sh mk/clauses.sh
format: ## clang-format over our C
	clang-format -i grammar/*.[ch] model/*.[ch] harness/*.[ch] harness/targets/*.c* tests/*/*.[ch]
install: all ## install to PREFIX= (default /usr/local)
	install -D $(B)/imapdiff $(DESTDIR)$(PREFIX)/bin/imapdiff
	mkdir -p $(DESTDIR)$(PREFIX)/share/imapdiff && cp -r lua $(DESTDIR)$(PREFIX)/share/imapdiff/
clean: ## remove build/
	rm -rf $(B)

-include $(wildcard mk/*.mk)
