--- CLIENTID draft 3.4: before the server has listed it on this connection, it is rejected; afterwards accepted.
return scenario {
  name = "clientid-before-listed",
  cites = "CID-3.4-1s T-CID-11",
  needs = "CLIENTID",
  must = true,
  -- A list inside the greeting counts.
  applies = [=[
    @open C1 login=no
    S1!: * CAPABILITY CLIENTID ...
    S1: ...
    C1: CAPABILITY
    C1: CLIENTID UUID 7f0d6a11
    S1: OK
    @close C1
  ]=],
  play = [=[
    @open C1 login=no
    # CID-3.4-1s
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: BAD
    C1: CAPABILITY
    S1: * CAPABILITY CLIENTID ...
    S1: OK
    # CID-3.4-3i: the rejected one has not used it up
    C1: CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f
    S1: OK
    @close C1
  ]=],
}
