# servers.mk: the private servers' packages, and a tool that starts one by hand.
.PHONY: servers
servers: ## download and unpack the servers that imapdiff judges (installs nothing)
	@sh mk/packages.sh servers $(B)

.PHONY: proxies
proxies: all ## nginx, Perdition, imapproxy and Dovecot's proxy with us on both sides: four grids and a table
	@sh mk/proxies.sh $(B)

# Built from its own few sources: usable while the rest does not compile. `build/server-run NAME`
SERVER_SRC := $(wildcard harness/server*.c harness/guardian*.c) harness/cert.c
$(B)/server-run: harness/tools/server_run.c $(SERVER_SRC) $(wildcard harness/server*.h harness/guardian*.h) | deps
	@mkdir -p $(@D)
	@echo link $@
	$(Q)$(CC) $(CSTD) $(OPT) -Iharness -o $@ $(filter %.c,$^) -lcrypto
all: $(B)/server-run
