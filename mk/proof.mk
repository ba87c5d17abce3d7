# proof.mk: the proof that the lexers are the ABNF, and its own test: each alteration of a .re file must break it.
.PHONY: proof mutate
PROOFS := $(patsubst %.c,$(B)/%,$(wildcard tests/grammar/test_proof_*.c))
proof: $(PROOFS) ## prove the lexers equal to the ABNF, with the numbers of states, transitions and inputs
	@for t in $(PROOFS); do $$t || exit 1; done
mutate: deps ## alter every rule of every .re file; the proof must notice each (`make check` tries 5 %)
	@python3 mk/mutate.py
