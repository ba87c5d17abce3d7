# replay.mk: `make replay-N` runs the trace of finding N in FINDINGS.md again, each time on a private server made for it, and shows
# how often the finding came. TIMES= runs; TARGET= another server than the trace's own, such as dovecot:mbox.
TIMES ?= 10
replay-%: all servers
	@n=$$(printf %02d $*) && set -- corpus/findings/$$n-*.trace && [ -e "$$1" ] || { echo "no finding $*: see FINDINGS.md"; exit 2; }; \
	came=0 ran=0; while [ $$ran -lt $(TIMES) ]; do \
	    $(B)/imapdiff replay "$$1" $(TARGET) >$(B)/replay-$*.out 2>&1; ran=$$((ran + 1)); \
	    if grep -q 'came again 1 of 1' $(B)/replay-$*.out; then came=$$((came + 1)); keep=$(B)/replay-$*.seen; mv $(B)/replay-$*.out $$keep; fi; \
	done; [ $$came -gt 0 ] && cat $$keep || cat $(B)/replay-$*.out; \
	echo "finding $* came $$came of $$ran times, each on a fresh server"; rm -f $(B)/replay-$*.out $(B)/replay-$*.seen; [ $$came -gt 0 ]
