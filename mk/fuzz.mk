# fuzz.mk: the fuzzers harness/fuzz_NAME.c, under libFuzzer and AFL++.
#
# Kinds of builds: `fuzz` (build/fuzz/bin/NAME) has address and undefined-behaviour sanitizers and links our own code alone;
# `diff` (build/diff/bin/NAME) has none, for speed, and the libraries of harness/targets that are there; `afl` is `diff` made by
# afl-clang-fast; `msan` has the memory sanitizer, for the lexers. What a fuzzer grows and finds is in build/fuzz/NAME/.
FUZZ_CC ?= clang-14
AFL_CC ?= afl-clang-fast
FUZZ_HELP := common differ own same share loop_mutate
FUZZERS := $(filter-out $(FUZZ_HELP),$(patsubst harness/fuzz_%.c,%,$(wildcard harness/fuzz_*.c)))
DIFFERS := $(filter-out lexers loop lua view,$(FUZZERS))# compare libraries
TIME ?= 60
CC_fuzz = $(FUZZ_CC)
CC_diff = $(FUZZ_CC)
CC_msan = $(FUZZ_CC)
CC_afl = $(if $(filter $(addprefix $(B)/afl/,$(COVERED) bin/%),$@),AFL_QUIET=1 $(AFL_CC),$(FUZZ_CC))
COVER := -fsanitize=fuzzer-no-link
$(eval $(call objects,fuzz,-O2 -g $(SAN) $(COVER)))
# Comparing wants speed: coverage where it tells something new, in the lexers and in the comparison with its causes. The operands of
# compares are not traced: that took twice the time of all the rest, and our mutator does without.
COVERED := grammar/% gen/% harness/compare%
cover_diff = $(if $(filter $(addprefix $(B)/diff/,$(COVERED)),$@),$(COVER) -fno-sanitize-coverage=trace-cmp)
$(eval $(call objects,diff,-O2 -g -DIMAPDIFF_OWN=0 $$(cover_diff)))
$(eval $(call objects,msan,-O2 -g -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer $(COVER)))
$(eval $(call objects,afl,-O2 -g -DIMAPDIFF_OWN=0))
# `oss` is built with whatever harness/oss-fuzz/build.sh was given.
OSS_LINK = $(OSS_CXX) $(OSS_CXXFLAGS) -Wl,-rpath,'$$ORIGIN/lib' $(OSS_ENGINE)
CC_oss = $(OSS_CC)
$(eval $(call objects,oss,$$(OSS_CFLAGS)))
# The plug-ins' objects: without coverage (their code is the library's).
FUZZ_TARGETS = $(patsubst %,$(B)/targets/%.o,$(TARGETS_LINKED))
# fuzzers KIND LINKING LIBRARIES LINKER: of the archive each fuzzer takes what it needs; LIBRARIES is a variable's name, for those that compare.
define fuzzers
.SECONDARY: $(FUZZERS:%=$(B)/$(1)/harness/fuzz_%.o) $(FUZZ_HELP:%=$(B)/$(1)/harness/fuzz_%.o)
$(B)/$(1)/all.a: $(FUZZ_HELP:%=$(B)/$(1)/harness/fuzz_%.o) $$(call NOMAIN,$$(HOBJ_$(1))) $$(MOBJ_$(1)) $$(GOBJ_$(1))
	@rm -f $$@ && ar rcs $$@ $$^
$(B)/$(1)/bin/%: $(B)/$(1)/harness/fuzz_%.o $(B)/$(1)/all.a $$$$(if $$$$(filter $$$$*,$$(DIFFERS)),$$$$($(3)))
	@mkdir -p $$(@D)
	@echo link $$@
	$$(Q)$(or $(4),$$(CC_$(1))) $(2) -o $$@ $$(filter %.o,$$^) $(B)/$(1)/all.a -Wl,--as-needed $$(LIBS) \
	    $$(if $$($(3)),$$(if $$(filter $$*,$$(DIFFERS)),$$(foreach t,$$(TARGETS_LINKED),$$(call target_libs,$$(t))) -lstdc++))
endef
$(eval $(call fuzzers,fuzz,$(SAN) -fsanitize=fuzzer,FUZZ_NONE))
$(eval $(call fuzzers,diff,-fsanitize=fuzzer,FUZZ_TARGETS))
$(eval $(call fuzzers,afl,-fsanitize=fuzzer,FUZZ_TARGETS))
$(eval $(call fuzzers,oss,,FUZZ_TARGETS,$$(OSS_LINK)))
# The lexers' fuzzer needs little. The memory sanitizer knows our own code alone.
LEXERS = $(patsubst %,$(B)/$(1)/harness/fuzz_%.o,lexers common own same) $(patsubst harness/%.c,$(B)/$(1)/harness/%.o,$(wildcard harness/mutate*.c) harness/canon.c) $(GOBJ_$(1))
$(B)/msan/bin/lexers: $(call LEXERS,msan)
	@mkdir -p $(@D)
	@echo link $@
	$(Q)$(CC_msan) -fsanitize=memory,fuzzer -o $@ $^
$(B)/oss/bin/lexers: $(call LEXERS,oss)
	@mkdir -p $(@D)
	@echo link $@
	$(Q)$(OSS_LINK) -o $@ $^

# Dictionaries, made of our own tables; AFL++'s mutator.
$(B)/fuzz-dictionary: harness/tools/fuzz_dictionary.c $(B)/rel/harness/canon.o $(patsubst harness/%.c,$(B)/rel/harness/%.o,$(wildcard harness/mutate*.c)) $(MOBJ_rel) $(GOBJ_rel)
	$(Q)$(CC) $(CSTD) $(OPT) $(INC_harness) -o $@ $^ $(LIBS)
$(B)/fuzz-grid: harness/tools/fuzz_grid.c $$(call NOMAIN,$$(HOBJ_rel)) $(MOBJ_rel) $(GOBJ_rel)
	$(Q)$(CC) $(CSTD) $(OPT) $(INC_harness) -o $@ $^ $(LIBS) -ldl
$(B)/fuzz/%/dict: $(B)/fuzz-dictionary
	@mkdir -p $(@D) && $< $* >$@.new && mv $@.new $@
$(B)/afl/mutator.so: harness/tools/afl_mutator.c $(wildcard harness/mutate*.[ch]) harness/canon.c $(GSRC) $(GEN) | deps
	@mkdir -p $(@D)
	$(Q)$(CC) $(CSTD) $(OPT) $(INC_harness) -fPIC -shared -o $@ $(filter %.c,$^)

check check-full: $(FUZZERS:%=$(B)/fuzz/bin/%) $(B)/msan/bin/lexers

.PHONY: fuzz fuzz-built fuzz-empty fuzz-log corpus-min fuzz-packages
fuzz: $$(if $$(TARGETS),targets) ## all fuzzers, TIME= seconds together (default 60); ends with the grid library x cause
	@$(MAKE) --no-print-directory fuzz-built
FUZZ_VIEW := $(filter view,$(FUZZERS))# compares sessions
fuzz-built: all $(B)/fuzz-grid $(FUZZERS:%=$(B)/fuzz/bin/%) $(DIFFERS:%=$(B)/diff/bin/%) $(FUZZ_VIEW:%=$(B)/diff/bin/%) $(FUZZERS:%=$(B)/fuzz/%/dict)
	@python3 mk/fuzz.py all $(B) $(TIME) $(patsubst %,fuzz:%,$(filter-out $(FUZZ_VIEW),$(FUZZERS))) \
	    $(if $(TARGETS_HERE),$(patsubst %,diff:%,$(DIFFERS) $(FUZZ_VIEW)))
fuzz-log: ## CPU time, executions and crashes of all fuzzing so far; KEEP=1 moves those of build/ into corpus/fuzz-log.txt
	@python3 mk/fuzz.py log $(B) $(KEEP)
fuzz-%: $(B)/fuzz/bin/% $(B)/fuzz/%/dict ## one fuzzer of our own code, TIME= seconds; a crash is shown and kept
	@python3 mk/fuzz.py run $(B) fuzz $* $(TIME)
diff-%: $(B)/diff/bin/% $(B)/fuzz/%/dict ## one fuzzer against the libraries, TIME= seconds
	@python3 mk/fuzz.py run $(B) diff $* $(TIME)
msan-lexers: $(B)/msan/bin/lexers $(B)/fuzz/lexers/dict ## the lexers' fuzzer with the memory sanitizer, TIME= seconds
	@python3 mk/fuzz.py run $(B) msan lexers $(TIME)
afl-%: fuzz-packages ## one fuzzer under AFL++, TIME= seconds: a main and a secondary instance on one folder
	@$(MAKE) --no-print-directory $(B)/afl/bin/$* $(B)/afl/mutator.so $(B)/fuzz/$*/dict
	@python3 mk/fuzz.py afl $(B) $* $(TIME)
corpus-min: $(FUZZERS:%=$(B)/fuzz/bin/%) ## drop what adds no coverage from the grown corpora in build/fuzz/NAME/corpus
	@python3 mk/fuzz.py min $(B) $(FUZZERS)
fuzz-empty: $$(if $$(TARGETS),targets) ## from no corpus, TIME= CPU minutes (default 20): which causes that the full corpus shows are found
	@$(MAKE) --no-print-directory all $(B)/fuzz-grid $(DIFFERS:%=$(B)/diff/bin/%)
	@python3 mk/fuzz.py empty $(B) $(if $(filter command,$(origin TIME)),$(TIME),20) $(DIFFERS)
fuzz-packages:
	@sh mk/packages.sh fuzz

# The sessions of the fuzzer of views are loaded, each with the symbols of its own library; they want those of harness/library.list.
$(foreach k,fuzz diff afl,$(B)/$(k)/bin/view): LIBS += -Wl,--dynamic-list=harness/library.list -Wl,-u,canon_word
