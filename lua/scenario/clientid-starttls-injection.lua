--- What is pipelined in clear behind STARTTLS is not executed under TLS.
return scenario {
  name = "clientid-starttls-injection",
  cites = "CID-D2 R3501-6.2.1",
  needs = "PLAIN STARTTLS",
  must = true,
  play = [=[
    @open C1 tls=plain login=no
    C1 raw: z1 STARTTLS
      | z2 CAPABILITY
      | z3 CLIENTID UUID 23bf83be
    S1 [z1]: OK
    S1 [z2]!: OK|NO|BAD
    S1 [z3]!: OK|NO|BAD
    S1!: * CAPABILITY ...
    C1: NOOP
    S1!: * CAPABILITY ...
    S1 [z2]!: OK|NO|BAD
    S1 [z3]!: OK|NO|BAD
    S1?: OK
    @close C1
  ]=],
}
