--- CLIENTID draft 3.1: the reply to a valid CLIENTID is OK or BAD, never NO, and nothing untagged comes with it.
return scenario {
  name = "clientid-reply",
  cites = "CID-3.1-b CID-3.1-c CID-3.1-d",
  needs = "CLIENTID",
  must = true,
  play = [=[
    @open C1 login=no
    C1: CAPABILITY
    # CID-3.1-d CID-3.1-c
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: OK|BAD
    @close C1
    @open C2 login=no
    C2: CAPABILITY
    # CID-3.1-b: no specific response
    C2: CLIENTID LICENSE 0123456789
    S2!: * CLIENTID ...
    S2: ...
    @close C2
  ]=],
}
