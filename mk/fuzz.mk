# fuzz.mk: the fuzzers harness/fuzz_NAME.c, under libFuzzer and AFL++.
#
# Kinds of builds: `fuzz` (build/fuzz/bin/NAME) has address and undefined-behaviour sanitizers and links our own code alone;
# `msan` has the memory sanitizer, for the lexers. What a fuzzer grows and finds is in build/fuzz/NAME/.
FUZZ_CC ?= clang-14
FUZZ_HELP := common differ own same loop_mutate
FUZZERS := $(filter-out $(FUZZ_HELP),$(patsubst harness/fuzz_%.c,%,$(wildcard harness/fuzz_*.c)))
TIME ?= 60
CC_fuzz = $(FUZZ_CC)
CC_msan = $(FUZZ_CC)
COVER := -fsanitize=fuzzer-no-link
$(eval $(call objects,fuzz,-O2 -g $(SAN) $(COVER)))
$(eval $(call objects,msan,-O2 -g -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer $(COVER)))

# fuzzers KIND LINKING: of the archive each fuzzer takes what it needs.
define fuzzers
.SECONDARY: $(FUZZERS:%=$(B)/$(1)/harness/fuzz_%.o) $(FUZZ_HELP:%=$(B)/$(1)/harness/fuzz_%.o)
$(B)/$(1)/all.a: $(FUZZ_HELP:%=$(B)/$(1)/harness/fuzz_%.o) $$(call NOMAIN,$$(HOBJ_$(1))) $$(MOBJ_$(1)) $$(GOBJ_$(1))
	@rm -f $$@ && ar rcs $$@ $$^
$(B)/$(1)/bin/%: $(B)/$(1)/harness/fuzz_%.o $(B)/$(1)/all.a
	@mkdir -p $$(@D)
	@echo link $$@
	$$(Q)$$(CC_$(1)) $(2) -o $$@ $$^ -Wl,--as-needed $$(LIBS)
endef
$(eval $(call fuzzers,fuzz,$(SAN) -fsanitize=fuzzer))
# The memory sanitizer knows our own code alone.
$(B)/msan/bin/lexers: $(patsubst %,$(B)/msan/harness/fuzz_%.o,lexers common own same) $(GOBJ_msan)
	@mkdir -p $(@D)
	@echo link $@
	$(Q)$(CC_msan) -fsanitize=memory,fuzzer -o $@ $^

.PHONY: fuzz fuzz-log
fuzz: $(FUZZERS:%=$(B)/fuzz/bin/%) ## all fuzzers, TIME= seconds together (default 60)
	@python3 mk/fuzz.py all $(B) $(TIME) $(FUZZERS)
fuzz-log: ## CPU time, executions and crashes of all fuzzing so far; KEEP=1 adds those of build/ to corpus/fuzz-log.txt
	@python3 mk/fuzz.py log $(B) $(KEEP)
fuzz-%: $(B)/fuzz/bin/% ## one fuzzer, TIME= seconds; a crash is shown and kept
	@python3 mk/fuzz.py run $(B) fuzz $* $(TIME)
msan-lexers: $(B)/msan/bin/lexers ## the lexers' fuzzer with the memory sanitizer, TIME= seconds
	@python3 mk/fuzz.py run $(B) msan lexers $(TIME)
