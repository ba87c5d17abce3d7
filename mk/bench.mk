# bench.mk: the program that `make bench` runs.
$(B)/bench: $(wildcard tests/bench/*.c tests/bench/*.h) $(GOBJ_rel) $(MOBJ_rel) $(filter-out %/main.o,$(HOBJ_rel)) | deps
	@echo link $@
	$(Q)$(CC) $(CSTD) $(OPT) $(INC_harness) -Itests/bench -o $@ $(filter %.c %.o,$^) $(LIBS)
bench: $(B)/bench
