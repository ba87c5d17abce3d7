--- CLIENTID draft 4: a token that ends like a literal's announcement is a token; the stream stays in step.
return scenario {
  name = "clientid-literal-like",
  cites = "CID-D3 CID-4-f",
  needs = "CLIENTID",
  must = true,
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    # CID-D3 T-CID-7: the next line is the next command
    C1 raw: z1 CLIENTID UUID a{5}
    S1 [z1]: OK|BAD
    C1 raw: z2 NOOP
    S1 [z2]: OK
    @close C1
    @open C2 login=no
    C2: CAPABILITY
    C2 raw: z1 CLIENTID UUID a{5+}
    S2 [z1]: OK|BAD
    C2 raw: z2 NOOP
    S2 [z2]: OK
    @close C2
    @open C3 login=no
    C3: CAPABILITY
    C3 raw: z1 CLIENTID UUID {3}
    S3 [z1]: OK|BAD
    C3 raw: z2 NOOP
    S3 [z2]: OK
    @close C3
  ]=],
}
