# coverage.mk: line coverage of our own code under its tests. The build is one of its own, in build/cov, by clang; its output is
# build/coverage/. re2c says there which lines of a lexer are ours (#line), which mk/coverage.py needs.
.PHONY: coverage
coverage: ## line coverage by layer under tests, closed loop and corpus; each line not reached needs a reason
	$(Q)$(MAKE) --no-print-directory B=build/cov CC=clang-14 RE2C_LINES= sanitize build/cov/hostile/imapdiff build/cov/fuzz/bin/loop tests \
	    SAN='-Imk/coverage -fprofile-instr-generate -fcoverage-mapping' >build/coverage.log 2>&1 || { tail -n 20 build/coverage.log; exit 1; }
	@sh mk/coverage.sh
