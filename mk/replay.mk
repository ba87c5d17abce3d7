# replay.mk: `make replay-N` runs the trace of finding N in FINDINGS.md again, each time on a private server made for it, and
# shows how often the finding came. TIMES= runs; TARGET= another server than the trace's own, such as dovecot:mbox.
TIMES ?= 10
replay-%: all servers ## finding N of FINDINGS.md again, on fresh private servers, with its rate
	@n=$$(printf %02d $*) && set -- corpus/findings/$$n-*.trace && [ -e "$$1" ] || { \
	    echo "no finding $*: see FINDINGS.md"; exit 2; }; \
	out=$(B)/replay-$*.out seen=$(B)/replay-$*.seen came=0 ran=0; \
	while [ $$ran -lt $(TIMES) ]; do \
	    $(B)/imapdiff replay "$$1" $(TARGET) >$$out 2>&1; ran=$$((ran + 1)); \
	    if grep -q 'came again 1 of 1' $$out; then came=$$((came + 1)); cp $$out $$seen; fi; \
	done; \
	[ $$came -gt 0 ] && cat $$seen || cat $$out; rm -f $$out $$seen; \
	echo "finding $* came $$came of $$ran times, each on a fresh server"; [ $$came -gt 0 ]
