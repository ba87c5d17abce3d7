# clients.mk: real mail clients against the model as a server. CLIENT= chooses some, BEHAVIOUR= a glob of behaviours, JOBS= how many at once.
.PHONY: clients
clients: all ## real mail clients (Debian's, unpacked aside) under each legal behaviour of the model: a grid
	@CLIENT='$(CLIENT)' BEHAVIOUR='$(BEHAVIOUR)' sh mk/clients.sh $(B)
# Findings in mail clients: `make replay-C1`.
replay-C%: all
	@sh mk/replay_client.sh $(B) C$*
