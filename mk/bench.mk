# bench.mk: the program that `make bench` runs.
$(B)/bench: $(wildcard tests/bench/*.c tests/bench/*.h) $(GOBJ_rel) $(MOBJ_rel) $(filter-out %/main.o,$(HOBJ_rel)) | deps
	@echo link $@
	$(Q)$(CC) $(CSTD) $(OPT) $(INC_harness) -Itests/bench $(PLUGINS) -o $@ $(filter %.c %.o,$^) $(LIBS)
bench: $(B)/bench
.PHONY: bench-fuzzers
# A run of its own, since only after `targets` it is known which libraries there are.
bench-fuzzers: $$(patsubst %,$$(B)/diff/bin/%,$$(DIFFERS)) $$(if $$(shell command -v afl-clang-fast),$$(patsubst %,$$(B)/afl/%,bin/id bin/id_response mutator.so))
