--- CLIENTID draft 3.3, 7.3: without TLS it is not listed and not accepted.
return scenario {
  name = "clientid-in-clear",
  cites = "CID-3.3-a CID-3.4-1s CID-7.3-ex",
  needs = "CLIENTID PLAIN",
  must = true,
  play = [=[
    @open C1 tls=plain login=no
    # CID-3.3-a
    S1!: * CAPABILITY CLIENTID ...
    C1: CAPABILITY
    S1!: * CAPABILITY CLIENTID ...
    S1: OK
    # CID-3.4-1s CID-7.3-ex CID-3.3-a
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    @close C1
  ]=],
}
