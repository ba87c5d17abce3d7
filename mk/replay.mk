# replay.mk: `make replay-N` shows finding N of FINDINGS.md again. Of a server: its trace, each time on a private server made for it,
# and how often the finding came; TIMES= runs; TARGET= another server than the trace's own, such as dovecot:mbox. Of a parser
# (N from 60): its seeds, through `imapdiff diff`.
TIMES ?= 10
replay-6% replay-7%: all targets
	@set -- corpus/*/$(@:replay-%=%)-* && [ -e "$$1" ] || { echo "no finding $(@:replay-%=%): see FINDINGS.md"; exit 2; }; \
	for f; do \
	    library=$${f##*/}; library=$${library#*-}; library=$${library%%-*}; \
	    echo "$$f"; $(B)/imapdiff diff $$library --corpus "$$f" --time 0 --quiet 2>&1 | cat; \
	done
replay-%: all servers ## finding N of FINDINGS.md again: on fresh private servers with its rate, or through its library
	@n=$$(printf %02d $*) && set -- corpus/findings/$$n-*.trace && [ -e "$$1" ] || { \
	    echo "no finding $*: see FINDINGS.md"; exit 2; }; \
	out=$(B)/replay-$*.out seen=$(B)/replay-$*.seen came=0 ran=0; \
	while [ $$ran -lt $(TIMES) ]; do \
	    $(B)/imapdiff replay "$$1" $(TARGET) >$$out 2>&1; ran=$$((ran + 1)); \
	    if grep -q 'came again 1 of 1' $$out; then came=$$((came + 1)); cp $$out $$seen; fi; \
	done; \
	[ $$came -gt 0 ] && cat $$seen || cat $$out; rm -f $$out $$seen; \
	echo "finding $* came $$came of $$ran times, each on a fresh server"; [ $$came -gt 0 ]
